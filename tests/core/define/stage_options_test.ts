/** What else a stage may be given: what is refused, and what it comes to. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkStageOptions } from "../../../core/define/stage_options.ts";

const check = (options: Record<string, unknown>, kind: "stage" | "aggregate" = "stage") =>
  checkStageOptions(kind, `${kind} "fit"`, options);

const refusals: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["files that are no list", { files: "raw.csv" }, "it is a list, found a string"],
  ["a file without a name", { files: ["a", ""] }, 'holds ""'],
  ["env that is no list", { env: { A: 1 } }, '"env" of stage "fit"'],
  ["a variable that is no text", { env: [1] }, "holds 1"],
  ["a variable with its value", { env: ["A=B"] }, '"A=B"'],
  ["captures in a list", { captures: [1] }, "a plain object, found an array"],
  ["a captured function", { captures: { f: () => 1 } }, 'captures of stage "fit".f'],
  ["an age in words", { maxAge: "a day" }, 'found "a day"'],
  ["an age before now", { maxAge: -1 }, '"maxAge" of stage "fit"'],
  ["an age that is no number", { maxAge: NaN }, "found NaN"],
  ["half a retry", { retries: 0.5 }, "whole number from 0"],
  ["no time at all", { timeout: 0 }, "longer than 0"],
  ["a timeout in months", { timeout: "1M" }, '"timeout" of stage "fit"'],
  ["a backoff that is no time", { backoff: true }, '"backoff" of stage "fit"'],
];

for (const [name, options, message] of refusals) {
  Deno.test(`a stage is refused with ${name}`, () => {
    const error = assertThrows(() => check(options), Error);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("an aggregate has no parameters to make files of", () => {
  const error = assertThrows(() => check({ files: () => ["a"] }, "aggregate"), TypeError);
  assertStringIncludes(error.message, 'aggregate "fit"');
});

Deno.test("durations come out in milliseconds, and captures are copied", () => {
  const captures = { k: [1] };
  const settings = check({ captures, maxAge: "1.5h", timeout: "90s", backoff: 250, retries: 2, env: ["A"] });
  captures.k.push(2);
  assertEquals(settings, {
    files: undefined,
    env: ["A"],
    captures: { k: [1] },
    maxAge: 5_400_000,
    retries: 2,
    timeout: 90_000,
    backoff: 250,
  });
  assertEquals(check({ maxAge: 0 }).maxAge, 0);
  assertEquals(check({ timeout: Infinity }).timeout, undefined);
});
