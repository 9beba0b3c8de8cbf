/** What Cairn itself keeps beside the artifacts: metadata, the registry, what runs tell. Reading it never throws. */
import fc from "fast-check";
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import { jsonCacher } from "../../cachers/mod.ts";
import { readRun } from "../../core/history/runs.ts";
import { ownerId, toldStages } from "../../core/history/told_stages.ts";
import { parseRegistry, registryLine } from "../../core/params/registry.ts";
import { parameterSets } from "../../core/params/sets.ts";
import { metadataText, parseMetadata } from "../../core/store/metadata.ts";
import type { ArtifactMetadata } from "../../core/define/metadata.ts";
import { runExperiment, saveAs } from "../../mod.ts";
import { experiment, stage } from "../core/run/helpers.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { chooser, damaged, oddJson } from "./damage.ts";
import { options } from "./runs.ts";
import { hashable } from "./values.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function damagedText(text: string, other: string, choose: (bound: number) => number): string {
  return decoder.decode(damaged(encoder.encode(text), encoder.encode(other), choose));
}

/** Metadata files as a run and as `saveAs` write them, and the `run.json`. */
async function written(dir: string): Promise<{ metadata: string[]; run: string }> {
  const make = stage("make", { params: ["k"] }, ({ params }) => ({ make: params.k }));
  const use = stage("use", { inputs: ["make"], params: [] }, ({ make }) => ({ use: [make] }));
  const given = experiment({ params: [{ k: 1 }, { k: "two" }], stages: [make, use] });
  const { reference } = await runExperiment(given, { dir: join(dir, "data") });
  await saveAs(join(dir, "a.json"), jsonCacher(), { a: 1 });
  const folders = [dir, join(dir, "data", "cache")];
  const metadata = folders.flatMap((folder) =>
    [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith("_metadata.json"))
      .map(({ name }) => Deno.readTextFileSync(join(folder, name)))
  );
  return { metadata, run: Deno.readTextFileSync(join(dir, "data", "runs", reference!, "run.json")) };
}

/** The text with the seal that fits it: whoever wrote it could seal it. */
function sealed(body: string): string {
  return `${body.slice(0, -2)},\n  "seal": "${createHash("sha256").update(body).digest("hex")}"\n}\n`;
}

Deno.test("metadata with anything changed in it, sealed anew or not, is metadata or damaged", async () => {
  await withTempDir(async (dir) => {
    const { metadata: texts } = await written(dir);
    assertEquals(texts.length, 5);
    const counts = { whole: 0, damaged: 0 };
    fc.assert(
      fc.property(chooser, (choose) => {
        const [text, other] = [texts[choose(5)]!, texts[choose(5)]!];
        const read = parseMetadata(text);
        assert("metadata" in read);
        const candidates = [
          damagedText(text, other, choose),
          sealed(damagedText(JSON.stringify(read.metadata, null, 2), other, choose)),
          metadataText(oddJson(read.metadata, choose) as ArtifactMetadata ?? {}),
          metadataText(oddJson(oddJson(read.metadata, choose), choose) as ArtifactMetadata ?? {}),
        ];
        for (const candidate of candidates) {
          const result = parseMetadata(candidate);
          if ("metadata" in result) {
            counts.whole++;
            for (const { path } of result.metadata.files) assert(!/(^|\/)\.\.(\/|$)|^\/|\0/.test(path), path);
          } else counts.damaged++;
          assert("metadata" in result || typeof (result as { damaged: string }).damaged === "string");
        }
      }),
      options(1000),
    );
    assert(counts.whole > 50 && counts.damaged > 500, JSON.stringify(counts));
    assertEquals(({} as { polluted?: unknown }).polluted, undefined);
  });
});

Deno.test("a registry with anything changed in it gives the lines that are whole, and numbers the others", () => {
  fc.assert(
    fc.property(fc.array(hashable, { maxLength: 4 }), chooser, (values, choose) => {
      const lines = values.flatMap((value, i) =>
        parameterSets([{ name: `set ${i}`, value }]).map((set) => registryLine("exp", set))
      );
      const whole = parseRegistry(lines.join(""));
      assertEquals(whole.damaged, []);
      assertEquals(whole.entries.length, lines.length);
      const text = damagedText(lines.join(""), lines[0] ?? "x", choose);
      const { entries, damaged: bad } = parseRegistry(text);
      assertEquals(entries.length + bad.length, text.split("\n").filter((line) => line !== "").length);
      // One line changed leaves the others as they were.
      const changed = choose(lines.length || 1);
      const mixed = parseRegistry(
        lines.map((line, i) => i === changed ? `${line.slice(0, 40)}\n` : line).join(""),
      );
      assertEquals(mixed.damaged, lines.length === 0 ? [] : [changed + 1]);
    }),
    options(400),
  );
});

Deno.test("a run.json with anything changed in it is passed over, or tells of the stages that it still does", async () => {
  await withTempDir(async (dir) => {
    const { run } = await written(dir);
    const path = join(dir, "run.json");
    let told = 0;
    fc.assert(
      fc.property(chooser, (choose) => {
        const whole = JSON.parse(run);
        const texts = [
          damagedText(run, run, choose),
          JSON.stringify(oddJson(whole, choose)),
          JSON.stringify({ ...whole, records: oddJson(whole.records, choose) }),
          JSON.stringify({
            ...whole,
            records: oddJson(oddJson(whole.records, choose), choose),
            aggregates: oddJson([], choose),
          }),
        ];
        for (const text of texts) {
          Deno.writeTextFileSync(path, text);
          const past = readRun(path);
          if (past === undefined) continue;
          for (const each of toldStages(past)) {
            told++;
            assertEquals([each.stage, each.verdict, each.key].map((part) => typeof part), [
              "string",
              "string",
              "string",
            ]);
            assert(Object.values(each.artifacts).every((artifact) => typeof artifact === "string"));
            ownerId(each);
          }
        }
      }),
      options(400),
    );
    assert(told > 100, String(told));
    assertEquals(({} as { polluted?: unknown }).polluted, undefined);
  });
});
