/**
 * A stream that one stage makes and two others go through, of which one makes a stream in turn. `LINES` is how many lines
 * there are, `SORT` whether they are texts or JSON, `PACK` how they are compressed, if they are, and `POOL` how many
 * different ones are made before, where none is to be made anew.
 *
 * @module
 */
import { defineExperiment, defineStage, gzipped, zstd } from "@cairn/cairn";
import { jsonCacher, jsonLinesCacher, linesCacher } from "@cairn/cairn/cachers";
import { rowOf, rowText } from "../line_rows.ts";

const COUNT = Number(Deno.env.get("LINES") ?? 1000);

const POOL = Number(Deno.env.get("POOL") ?? 0);

/** What makes an item, or gives one of those that were made before. */
function pooled<T>(make: (i: number) => T): (i: number) => T {
  const pool = Array.from({ length: POOL }, (_, i) => make(i));
  return POOL === 0 ? make : (i) => pool[i % POOL]!;
}

const pack = { gzip: gzipped, zstd }[Deno.env.get("PACK") ?? ""] ?? ((cacher) => cacher);

const texts = defineStage({
  name: "texts",
  outputs: { lines: pack(linesCacher()) },
  version: String(COUNT),
  run: () => {
    const lineOf = pooled(rowText);
    async function* lines() {
      for (let i = 0; i < COUNT; i++) yield lineOf(i);
    }
    return { lines: lines() };
  },
});

const lengths = defineStage({
  name: "lengths",
  inputs: ["lines"],
  outputs: { size: jsonCacher<number>() },
  run: async ({ lines }: { lines: AsyncIterable<string> }) => {
    let size = 0;
    for await (const line of lines) size += line.length + 1;
    return { size };
  },
});

const rows = defineStage({
  name: "rows",
  outputs: { rows: pack(jsonLinesCacher<ReturnType<typeof rowOf>>()) },
  version: String(COUNT),
  run: () => {
    const rowAt = pooled(rowOf);
    async function* rows() {
      for (let i = 0; i < COUNT; i++) yield rowAt(i);
    }
    return { rows: rows() };
  },
});

const sums = defineStage({
  name: "sums",
  inputs: ["rows"],
  outputs: { sum: jsonCacher<number>() },
  run: async ({ rows }: { rows: AsyncIterable<ReturnType<typeof rowOf>> }) => {
    let sum = 0;
    for await (const { value } of rows) sum += value;
    return { sum };
  },
});

export default Deno.env.get("SORT") === "json"
  ? defineExperiment({ name: "lines", params: [{}], stages: [rows, sums] })
  : defineExperiment({ name: "lines", params: [{}], stages: [texts, lengths] });
