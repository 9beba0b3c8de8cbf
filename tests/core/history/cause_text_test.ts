import { assertEquals } from "@std/assert";
import {
  inputTexts,
  isOfInputs,
  severalTexts,
  type Upstream,
  upstreamTexts,
} from "../../../core/history/cause_text.ts";
import type { Change } from "../../../core/plan/changes.ts";

const input = {
  what: "input",
  name: "model",
  stage: "fit",
  content: "changed",
  how: "changed",
  was: 1,
  is: 2,
} as const;
const parameter: Change = { what: "parameter", name: "k", how: "changed", was: 1, is: 2 };
const upstream: Upstream = {
  record: null,
  input: "model",
  stage: "fit",
  runs: "fit",
  because: ["so", "and so"],
};

Deno.test("several texts are cut where that makes them fewer by two at least", () => {
  assertEquals(severalTexts([], 2, "; "), "");
  assertEquals(severalTexts(["a", "b", "c"], 2, "; "), "a; b; c");
  assertEquals(severalTexts(["a", "b", "c", "d"], 2, "; "), "a; b; and 2 more");
  assertEquals(severalTexts(["a", "b", "c", "d"], 2, " and "), "a and b and 2 more");
});

Deno.test("what a stage waits for, in words", () => {
  assertEquals(upstreamTexts([upstream]), ['input "model": stage "fit" runs, because so and and so']);
  assertEquals(upstreamTexts([{ ...upstream, runs: "load", because: ["so"] }]), [
    'input "model": stage "fit" waits for stage "load", which runs, because so',
  ]);
  assertEquals(upstreamTexts([{ ...upstream, because: ["a", "b", "c", "d"] }]), [
    'input "model": stage "fit" runs, because a and b and 2 more',
  ]);
});

Deno.test("what an aggregate waits for: one line for all records to which the same applies", () => {
  const of = (record: string, because: string): Upstream => ({ ...upstream, record, because: [because] });
  assertEquals(upstreamTexts([of("a", "so"), of("b", "so"), of("c", "for once")]), [
    'input "model" of 2 records: stage "fit" runs, because so',
    'input "model" of record "c": stage "fit" runs, because for once',
  ]);
});

Deno.test("inputs that differ, with what made them differ, but for those that are told already", () => {
  const why = () => ["first", "second", "third", "fourth"];
  assertEquals(inputTexts([parameter, input], [], () => []), [
    'input "model" from stage "fit" came out different',
  ]);
  assertEquals(inputTexts([input], [], why), [
    'input "model" from stage "fit" came out different, as first and second and 2 more',
  ]);
  assertEquals(inputTexts([input], [upstream], why), []);
  assertEquals(inputTexts([input], [{ ...upstream, input: "other" }], () => []).length, 1);
});

Deno.test("records of an aggregate whose inputs differ are told with all that differs in them", () => {
  const record: Change = { what: "record", name: "a", how: "changed", changes: [parameter, input] };
  assertEquals(inputTexts([record], [], () => ["so"]), [
    'record "a": parameter "k" was 1, is 2, input "model" from stage "fit" came out different, as so',
  ]);
  const many: Change = { ...record, changes: [input, parameter, parameter, parameter] };
  assertEquals(inputTexts([many], [], () => []), [
    'record "a": input "model" from stage "fit" came out different, parameter "k" was 1, is 2, and 2 more',
  ]);
  const only: Change = { ...record, changes: [input] };
  assertEquals(inputTexts([only], [{ ...upstream, record: "a" }], () => []), []);
  assertEquals(inputTexts([only], [{ ...upstream, record: "b" }], () => []).length, 1);
  assertEquals([record, { ...record, changes: [parameter] }, input, parameter].map(isOfInputs), [
    true,
    false,
    true,
    false,
  ]);
});
