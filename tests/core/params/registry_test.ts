/** The registry's format. */
import { assertEquals } from "@std/assert";
import { parseRegistry, registryLine } from "../../../core/params/registry.ts";
import { parameterSets } from "../../../core/params/sets.ts";

const [first, second] = parameterSets([{ name: 'ä, "b"', k: 1n, when: new Date(0) }, { name: "z", k: 2 }]);
const lines = registryLine("penguins", first!) + registryLine("penguins", second!);

Deno.test("a set is one line of JSON, and comes back", () => {
  assertEquals(lines.split("\n").length, 3);
  assertEquals(lines.endsWith("}\n"), true);
  assertEquals(parseRegistry(lines), {
    entries: [
      {
        hash: first!.hash,
        experiment: "penguins",
        name: 'ä, "b"',
        params: { k: { $bigint: "1" }, when: { $date: "1970-01-01T00:00:00.000Z" } },
      },
      { hash: second!.hash, experiment: "penguins", name: "z", params: { k: 2 } },
    ],
    damaged: [],
  });
});

Deno.test("an empty file has no entries and no damage", () => {
  assertEquals(parseRegistry(""), { entries: [], damaged: [] });
  assertEquals(parseRegistry("\n\n"), { entries: [], damaged: [] });
});

Deno.test("a file cut short anywhere keeps its whole lines", () => {
  const whole = registryLine("penguins", first!).length;
  for (let length = 0; length < lines.length; length++) {
    const { entries, damaged } = parseRegistry(lines.slice(0, length));
    const complete = length < whole - 1 ? 0 : length < lines.length - 1 ? 1 : 2;
    assertEquals(entries.length, complete, `cut at ${length}`);
    const rest = length > 0 && length < whole - 1 || length > whole && length < lines.length - 1;
    assertEquals(damaged, rest ? [complete + 1] : [], `cut at ${length}`);
  }
});

for (
  const damage of [
    "x",
    "null",
    "1",
    "[]",
    "{}",
    '{"hash":1}',
    '{"hash":"abc"}',
    `{"hash":"${"G".repeat(64)}"}`,
    `{"hash":"${"a".repeat(64)}"}`,
    '"text"',
    "\ufffd",
  ]
) {
  Deno.test(`the line ${JSON.stringify(damage.slice(0, 30))} is damaged, and those round it are kept`, () => {
    const [a, b] = lines.split("\n");
    const { entries, damaged } = parseRegistry(`${a}\n${damage}\n${b}\n`);
    assertEquals(entries.map(({ name }) => name), [first!.name, second!.name]);
    assertEquals(damaged, [2]);
  });
}
