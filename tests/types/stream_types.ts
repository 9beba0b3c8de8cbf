/**
 * Type tests of stages that make and read streams. Compiled by types_test.ts, never run.
 *
 * @module
 */
import { jsonLinesCacher } from "../../cachers/json_lines_cacher.ts";
import { linesCacher } from "../../cachers/lines_cacher.ts";
import { defineAggregate } from "../../core/define/aggregate.ts";
import { defineExperiment } from "../../core/define/experiment.ts";
import { lazy, type LazyValue } from "../../core/define/output.ts";
import { defineStage } from "../../core/define/stage.ts";
import { cacher, type Equal, expect } from "./helpers.ts";

interface Row {
  readonly id: number;
}

async function* rowsFrom(lines: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const line of lines) yield { id: Number(line) };
}

const read = defineStage({
  name: "read",
  outputs: { lines: linesCacher() },
  run: () => {
    async function* lines() {
      yield "1";
    }
    return { lines: lines() };
  },
});
const parse = defineStage({
  name: "parse",
  inputs: ["lines"],
  outputs: { rows: jsonLinesCacher<Row>(), later: lazy(jsonLinesCacher<Row>(), { resolve: false }) },
  run: ({ lines }: { lines: AsyncIterable<string> }) => ({ rows: rowsFrom(lines), later: rowsFrom(lines) }),
});
const count = defineStage({
  name: "count",
  inputs: ["rows", "later"],
  outputs: { count: cacher<number>() },
  run: async ({ rows, later }: { rows: AsyncIterable<Row>; later: LazyValue<AsyncIterable<Row>> }) => {
    let count = 0;
    for await (const { id } of rows) count += id;
    for await (const { id } of await later.load()) count += id;
    return { count };
  },
});
const all = defineAggregate({
  name: "all",
  inputs: ["rows"],
  outputs: { all: jsonLinesCacher<Row>() },
  run: (states: readonly { rows: AsyncIterable<Row> }[]) => ({
    all: (async function* () {
      for (const { rows } of states) yield* rows;
    })(),
  }),
});

defineExperiment({ name: "e", stages: [read, parse, count], aggregates: [all] });
expect<Equal<Awaited<ReturnType<typeof parse>>["rows"], AsyncIterable<Row>>>();

const wrongItems = defineStage({
  name: "wrong_items",
  inputs: ["rows"],
  outputs: { count: cacher<number>() },
  run: async ({ rows }: { rows: AsyncIterable<{ id: string }> }) => ({
    count: (await Array.fromAsync(rows)).length,
  }),
});
// @ts-expect-error the rows have a number as their id
defineExperiment({ name: "e", stages: [read, parse, wrongItems] });

const wholeList = defineStage({
  name: "whole_list",
  inputs: ["rows"],
  outputs: { count: cacher<number>() },
  run: ({ rows }: { rows: Row[] }) => ({ count: rows.length }),
});
// @ts-expect-error a stream is no list
defineExperiment({ name: "e", stages: [read, parse, wholeList] });

defineStage({
  name: "numbers",
  outputs: { lines: linesCacher() },
  // @ts-expect-error a stream of numbers is none of lines
  run: () => ({
    lines: (async function* () {
      yield 1;
    })(),
  }),
});
defineStage({
  name: "one_text",
  outputs: { lines: linesCacher() },
  // @ts-expect-error a text is no stream of lines
  run: () => ({ lines: "a\nb" }),
});
