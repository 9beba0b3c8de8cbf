import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { findRun } from "../../../core/history/run_names.ts";
import { testIn } from "../run/helpers.ts";

const RUNS = [
  "exp_1_2026-01-01T120000Z",
  "exp_2_2026-01-02T120000Z",
  "exp_10_2026-01-03T120000Z",
  "exp_11_2026-01-03T120000Z",
  "my_exp_1_2026-01-02T130000Z",
];

function makeRuns(dir: string): void {
  for (const name of [...RUNS, "notes", "exp_3_yesterday"]) {
    Deno.mkdirSync(join(dir, "runs", name), { recursive: true });
  }
}

testIn("a run is found by its reference, its beginning, its number, its folder, and by its age", (dir) => {
  makeRuns(dir);
  const ROWS = [
    [RUNS[1]!, RUNS[1]!],
    ["exp_1", RUNS[0]!],
    ["exp_10", RUNS[2]!],
    ["exp_2_2026-01", RUNS[1]!],
    ["my", RUNS[4]!],
    ["my_exp_1", RUNS[4]!],
    [`data/runs/${RUNS[0]}/`, RUNS[0]!],
    ["latest", RUNS[3]!],
    ["previous", RUNS[2]!],
  ];
  for (const [wanted, reference] of ROWS) assertEquals(findRun(dir, wanted!), reference, wanted);
});

testIn("the previous run is of the same experiment as the latest", (dir) => {
  makeRuns(dir);
  Deno.mkdirSync(join(dir, "runs", "my_exp_2_2026-02-01T120000Z"));
  assertEquals(findRun(dir, "latest"), "my_exp_2_2026-02-01T120000Z");
  assertEquals(findRun(dir, "previous"), RUNS[4]);
  Deno.mkdirSync(join(dir, "runs", "new_1_2026-03-01T120000Z"));
  assertThrows(
    () => findRun(dir, "previous"),
    TypeError,
    'Cannot find run "previous": run "new_1_2026-03-01T120000Z" is the first of its experiment',
  );
});

testIn("a run that is not there, or one of several, is refused with what there is", (dir) => {
  const empty = `Cannot find run "exp": there are no runs in ${JSON.stringify(dir)}`;
  assertThrows(() => findRun(dir, "exp"), TypeError, empty);
  makeRuns(dir);
  const several = `Cannot tell which run is "exp_1_": there are `;
  assertEquals(findRun(dir, "exp_1_"), RUNS[0]);
  Deno.mkdirSync(join(dir, "runs", "exp_1_2026-01-09T120000Z"));
  assertThrows(() => findRun(dir, "exp_1_"), TypeError, several);
  assertThrows(
    () => findRun(dir, "exp"),
    TypeError,
    'Cannot tell which run is "exp": there are "exp_1_2026-01-09',
  );
  assertThrows(() => findRun(dir, "exp_5"), TypeError, 'Cannot find run "exp_5": there is no such run in ');
  assertThrows(() => findRun(dir, "notes"), TypeError, "there is no such run");
});

testIn("of very many runs the message lists the newest", (dir) => {
  const listed = (count: number) => {
    Deno.mkdirSync(join(dir, "runs", `exp_${count}_2026-01-01T120000Z`), { recursive: true });
    const { message } = assertThrows(() => findRun(dir, "x"), TypeError);
    return message.slice(message.indexOf("; there are "));
  };
  for (let count = 1; count <= 9; count++) listed(count);
  const names = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, i) => `"exp_${from - i}_2026-01-01T120000Z"`).join(", ");
  assertEquals(listed(10), `; there are ${names(10, 1)}`);
  assertEquals(listed(11), `; there are ${names(11, 2)}, ...`);
});
