import { assertEquals, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { AnyStage } from "../../../core/define/stage.ts";
import { checkStages } from "../../../core/plan/check_stages.ts";
import { stage } from "../run/helpers.ts";

const run = () => ({});
const a = stage("a", { outputs: { x: jsonCacher() } }, run);
const b = stage("b", { inputs: ["x"], outputs: { y: jsonCacher() } }, run);
const check = (stages: readonly AnyStage[], given: readonly string[] = [], name: string | null = null) =>
  checkStages({ name, stages }, given);

Deno.test("stages in order pass, with values to start with, and none at all", () => {
  check([a, b]);
  check([b], ["x"]);
  check([]);
  check([stage("o", { optional: ["nowhere"] }, run)]);
});

const refused: [string, readonly AnyStage[], readonly string[], string][] = [
  [
    "an input that nothing produces",
    [stage("a", { inputs: ["x"], outputs: {} }, run)],
    [],
    'Cannot use stage "a": its input "x" is not produced by any earlier stage; there is nothing yet',
  ],
  [
    "an input that nothing produces, of several",
    [a, stage("c", { inputs: ["z"], outputs: {} }, run)],
    ["v"],
    'Cannot use stage "c": its input "z" is not produced by any earlier stage; there is "v", "x"',
  ],
  [
    "an input that a later stage produces",
    [b, a],
    [],
    'Cannot use stage "b": its input "x" is not produced by any earlier stage, only by "a", which comes later; move it before',
  ],
  [
    "an input that the stage itself produces",
    [stage("a", { inputs: ["x"], outputs: { x: jsonCacher() } }, run)],
    [],
    'Cannot use stage "a": its input "x" is not produced by any earlier stage, only by "a" itself',
  ],
  ["two stages of one name", [a, a], [], 'Cannot use stage "a": another stage bears that name; rename one'],
  [
    "two stages whose names differ in case",
    [a, stage("A", { outputs: { y: jsonCacher() } }, run)],
    [],
    'Cannot use stage "A": stage "a" differs from it in case alone; rename one',
  ],
  [
    "two stages with one output",
    [a, stage("c", { outputs: { x: jsonCacher() } }, run)],
    [],
    'Cannot use stage "c": its output "x" is produced by stage "a" too; rename one',
  ],
  [
    "an output that the record starts with",
    [a],
    ["x"],
    'Cannot use stage "a": its output "x" is a value that the record starts with; rename one',
  ],
];
for (const [what, stages, given, message] of refused) {
  Deno.test(`${what} is refused in words`, () => {
    assertEquals(assertThrows(() => check(stages, given), TypeError).message, message);
  });
}

Deno.test("the procedure is named where it has a name", () => {
  assertEquals(
    assertThrows(() => check([a, a], [], "main"), TypeError).message,
    'Cannot use stage "a" in procedure "main": another stage bears that name; rename one',
  );
});

Deno.test("an optional input that only a later stage produces is as wrong as any other", () => {
  const late = stage("late", { outputs: { z: jsonCacher() } }, run);
  const reads = stage("reads", { optional: ["z"], outputs: { y: jsonCacher() } }, run);
  assertThrows(() => check([reads, late]), TypeError, '"z"');
});
