import { assert, assertEquals } from "@std/assert";
import type { JsonValue } from "../../../core/params/describe.ts";
import type { Change } from "../../../core/plan/changes.ts";
import { changeText } from "../../../core/plan/change_text.ts";

const FIT = { stage: "fit", output: "model", recipeKey: "1", digest: "2" };
const input = { what: "input", name: "model", stage: "fit", how: "changed", was: FIT, is: FIT } as const;
const declaration = { what: "declaration", file: "lib/stats.ts", name: "mean", was: "1", is: "2" } as const;
const env = { what: "env", name: "MODEL" } as const;

const ROWS: readonly (readonly [change: Change, text: string])[] = [
  [{ what: "parameter", name: "seed", how: "changed", was: 1, is: 7 }, 'parameter "seed" was 1, is 7'],
  [
    { what: "parameter", name: "a.b", how: "changed", was: "1", is: null },
    'parameter "a.b" was "1", is null',
  ],
  [{ what: "parameter", name: "seed", how: "added", is: [1] }, 'parameter "seed" is new: [1]'],
  [{ what: "parameter", name: "seed", how: "removed", was: {} }, 'parameter "seed" is gone, was {}'],
  [
    { what: "parameter", name: "x", how: "changed", was: { $bigint: "12" }, is: { $number: "NaN" } },
    'parameter "x" was 12n, is NaN',
  ],
  [
    { what: "parameter", name: "x", how: "changed", was: { $date: "2026-01-01T00:00:00.000Z" }, is: true },
    'parameter "x" was 2026-01-01T00:00:00.000Z, is true',
  ],
  [{ what: "capture", name: "k", how: "changed", was: 1, is: 3 }, 'captured value "k" was 1, is 3'],
  [{ ...declaration, how: "changed" }, '"mean" in lib/stats.ts was changed'],
  [{ ...declaration, how: "added" }, '"mean" in lib/stats.ts is reached now'],
  [{ ...declaration, how: "removed" }, '"mean" in lib/stats.ts is no longer reached'],
  [{ ...declaration, name: "(module)", how: "changed" }, "module lib/stats.ts was changed"],
  [
    { what: "package", name: "npm:valibot", how: "changed", was: "1.4.0", is: "1.5.0" },
    "package npm:valibot was 1.4.0, is 1.5.0",
  ],
  [{ what: "package", name: "npm:a", how: "added", is: "1.0.0" }, "package npm:a is imported now: 1.0.0"],
  [
    { what: "package", name: "npm:a", how: "removed", was: "1.0.0" },
    "package npm:a is no longer imported, was 1.0.0",
  ],
  [
    { what: "code", how: "changed", was: { by: "text", digest: "1" }, is: { by: "text", digest: "2" } },
    'the text of "run" was changed',
  ],
  [
    { what: "code", how: "changed", was: { by: "experiment-module" }, is: { by: "experiment-module" } },
    "its code was changed",
  ],
  [
    {
      what: "code",
      how: "changed",
      was: { by: "version", version: "1" },
      is: { by: "version", version: "2" },
    },
    'its version was "1", is "2"',
  ],
  [
    { what: "code", how: "changed", was: { by: "text" }, is: { by: "version", version: "2" } },
    'its code is told by version "2", was told by the text of "run"',
  ],
  [
    { what: "code", how: "changed", was: { by: "odd" }, is: { by: "script-module" } },
    "its code is told by what the script's module reaches, was told by something unknown",
  ],
  [
    { what: "file", name: "raw/data.csv", how: "changed", was: "1", is: "2" },
    'file "raw/data.csv" was changed',
  ],
  [{ what: "file", name: "raw/data.csv", how: "added", is: "2" }, 'file "raw/data.csv" is declared now'],
  [
    { what: "file", name: "raw/data.csv", how: "removed", was: "1" },
    'file "raw/data.csv" is no longer declared',
  ],
  [{ ...env, how: "changed", was: "1", is: "2" }, 'environment variable "MODEL" was changed'],
  [{ ...env, how: "changed", was: null, is: "2" }, 'environment variable "MODEL" was not set, is set'],
  [{ ...env, how: "changed", was: "1", is: null }, 'environment variable "MODEL" was set, is not set'],
  [{ ...env, how: "added", is: null }, 'environment variable "MODEL" is declared now'],
  [{ ...env, how: "removed", was: "1" }, 'environment variable "MODEL" is no longer declared'],
  [
    { what: "output", name: "m", how: "changed", was: { extension: ".json", kind: "json" }, is: null },
    'output "m" was json in ".json", is kept in memory only',
  ],
  [{ what: "output", name: "m", how: "added", is: null }, 'output "m" is new'],
  [{ what: "output", name: "m", how: "removed", was: null }, 'output "m" is gone'],
  [{ ...input, content: "changed" }, 'input "model" from stage "fit" came out different'],
  [{ ...input, content: "unknown" }, 'input "model" from stage "fit" has another recipe'],
  [{ ...input, content: "same" }, 'input "model" from stage "fit" has another recipe, and came out the same'],
  [
    { ...input, content: "changed", was: { ...FIT, stage: "fitted" } },
    'input "model" was "model" of stage "fitted", is "model" of stage "fit"',
  ],
  [
    { ...input, content: "changed", was: { value: "1" } },
    'input "model" was a value given to the record, is "model" of stage "fit"',
  ],
  [
    { ...input, stage: null, content: "changed", was: { value: "1" }, is: { value: "2" } },
    'input "model" was changed',
  ],
  [{ ...input, how: "added", content: "unknown" }, 'input "model" is read now'],
  [{ ...input, how: "removed", content: "unknown" }, 'input "model" is no longer read'],
  [{ what: "record", name: "k=1", how: "added", changes: [] }, 'record "k=1" is new'],
  [{ what: "record", name: "k=1", how: "removed", changes: [] }, 'record "k=1" is gone'],
  [
    {
      what: "record",
      name: "k=1",
      how: "changed",
      changes: [{ ...env, how: "added", is: null }, { ...input, content: "changed" }],
    },
    'record "k=1": environment variable "MODEL" is declared now, input "model" from stage "fit" came out different',
  ],
  [{ what: "order", how: "changed" }, "the records come in another order"],
  [{ what: "partial", how: "added", is: ["a", "b"] }, 'records left out were none, are "a", "b"'],
  [{ what: "partial", how: "changed", was: ["a"], is: [] }, 'records left out were "a", are none'],
  [{ what: "format", how: "changed", was: 1, is: 2 }, "the format of keys was 1, is 2"],
  [{ what: "other", name: "moon", how: "added", is: "full" }, '"moon" is new: "full"'],
];

for (const [change, text] of ROWS) {
  Deno.test(`change in words: ${text}`, () => assertEquals(changeText(change), text));
}

Deno.test("a change in words shows of long values where they begin to differ, on one line", () => {
  const long = (middle: string): JsonValue => `first\nline ${"a".repeat(500)}${middle}${"z".repeat(500)}`;
  const change = {
    what: "parameter",
    name: "text",
    how: "changed",
    was: long("one"),
    is: long("two"),
  } as const;
  const text = changeText(change);
  assert(text.length < 250, text);
  assert(!text.includes("\n"));
  assert(/was \.\.\.a+onez+\.\.\., is \.\.\.a+twoz+\.\.\.$/.test(text), text);
  const cut = changeText({ ...change, is: "first" });
  assert(cut.startsWith('parameter "text" was "first\\nline aaa') && cut.endsWith('..., is "first"'), cut);
});
