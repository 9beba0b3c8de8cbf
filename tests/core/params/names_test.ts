/** Names that become file names, labels that people read, and values as messages show them. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkLabel, checkSegment, quote } from "../../../core/params/names.ts";

for (const name of ["a", "0", "A-b_c", "2x", "x".repeat(100), "fit-", "con"]) {
  Deno.test(`${quote(name)} is a name`, () => checkSegment("stage", name));
}

const noNames = [
  ...[
    "",
    " ",
    ".",
    "..",
    "a.b",
    "a/b",
    "a\\b",
    "/a",
    "-a",
    "_a",
    "a b",
    "ä",
    "a\n",
    "a\0",
    "{key}",
    "x".repeat(101),
  ],
  ...[undefined, null, 1, ["a"], { toString: () => "a" }],
];
for (const name of noNames) {
  Deno.test(`${quote(name)} is no name`, () => {
    assertThrows(
      () => checkSegment("stage", name),
      TypeError,
      `Cannot use ${quote(name)} as the name of a stage`,
    );
  });
}

Deno.test("the message says what a name is, with the right article", () => {
  assertThrows(
    () => checkSegment("output of stage", "a b"),
    TypeError,
    '"a b" as the name of an output of stage',
  );
  assertThrows(() => checkSegment("stage", "a b"), TypeError, "letters, digits, _ and -");
});

Deno.test("property: a name has no way out of its folder", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "1", "_", "-", ".", "/", "\\", " ", "\n", "é") }),
      (name) => {
        let taken = true;
        try {
          checkSegment("stage", name);
        } catch {
          taken = false;
        }
        assertEquals(taken, /^[a1][a1_-]*$/.test(name) && !name.includes("\n"));
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

for (const label of ["a", "k=5,seed=1", "Größe 1/2", "日本", "a b", "😀", '"', "{}", "x".repeat(1000)]) {
  Deno.test(`the label ${quote(label)} is taken`, () => checkLabel("record", label));
}

const noLabels = [
  ...[
    "",
    " ",
    "\t",
    "a\nb",
    "a\x1b[31m",
    "a\x7f",
    "a\x85",
    "a\u2028b",
    "a\u202eb",
    "a\u2066b",
    "a\0",
    "\ud800",
  ],
  ...[1, null, undefined, {}],
];
for (const label of noLabels) {
  Deno.test(`the label ${quote(label)} is refused`, () => {
    const { message } = assertThrows(() => checkLabel("record", label), TypeError, "printable text");
    // deno-lint-ignore no-control-regex -- the message itself must hold none
    assertEquals(/[\u0000-\u001f\u007f-\u009f]/.test(message), false);
  });
}

Deno.test("a quoted value says what it is, and stays short", () => {
  assertEquals(
    ["a\n", 1, 1n, null, undefined, [1], { a: 1 }, true, function named() {}].map(quote),
    ['"a\\n"', "1", "1n", "null", "undefined", "an array", "an object", "true", "function named"],
  );
  const long = quote(`start${"x".repeat(5000)}end`);
  assertEquals([long.length < 320, long.startsWith('"start'), long.includes("..."), long.endsWith('end"')], [
    true,
    true,
    true,
    true,
  ]);
  assertEquals(quote(Symbol("s")), "Symbol(s)");
  assertEquals(quote(Object.create(null)), "an object");
});
