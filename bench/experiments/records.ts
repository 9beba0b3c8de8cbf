/**
 * Many records of five stages with small outputs: `SETS` says how many, and `NEW` that nobody has run them before.
 *
 * @module
 */
import { defineExperiment, defineStage, grid } from "@cairn/cairn";
import { jsonCacher } from "@cairn/cairn/cachers";

interface Value {
  readonly i: number;
  readonly values: readonly number[];
  readonly label: string;
}

const a = defineStage({
  name: "a",
  params: ["i"],
  outputs: { va: jsonCacher<Value>() },
  run: ({ params: { i } }: { params: { i: number } }) => ({
    va: { i, values: [i, 1, 2, 3], label: `a${i}` },
  }),
});

const b = defineStage({
  name: "b",
  inputs: ["va"],
  params: [],
  outputs: { vb: jsonCacher<Value>() },
  run: ({ va }: { va: Value }) => ({ vb: { ...va, label: `${va.label}b` } }),
});

const c = defineStage({
  name: "c",
  inputs: ["vb"],
  params: [],
  outputs: { vc: jsonCacher<Value>() },
  run: ({ vb }: { vb: Value }) => ({ vc: { ...vb, label: `${vb.label}c` } }),
});

const d = defineStage({
  name: "d",
  inputs: ["vc"],
  params: [],
  outputs: { vd: jsonCacher<Value>() },
  run: ({ vc }: { vc: Value }) => ({ vd: { ...vc, label: `${vc.label}d` } }),
});

const e = defineStage({
  name: "e",
  inputs: ["vd"],
  params: [],
  outputs: { ve: jsonCacher<Value>() },
  run: ({ vd }: { vd: Value }) => ({ ve: { ...vd, label: `${vd.label}e` } }),
});

const count = Number(Deno.env.get("SETS") ?? 1000);
const from = Deno.env.has("NEW") ? Date.now() : 0;

export default defineExperiment({
  name: "records",
  params: grid({ i: Array.from({ length: count }, (_, i) => from + i) }),
  stages: [a, b, c, d, e],
});
