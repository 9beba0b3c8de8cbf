/**
 * `cairn show`: an artifact's metadata and a preview of its value.
 *
 * @module
 */
import type { AnyCacher } from "../define/cacher.ts";
import { gzipped } from "../define/combinators/gzipped.ts";
import { zstd } from "../define/combinators/zstd.ts";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { findArtifact } from "../history/runs.ts";
import { oneLine, quote } from "../params/names.ts";
import { loadFrom, readMetadata } from "../store/inline.ts";
import { messageOf } from "../params/paths.ts";
import { isThere } from "../store/ownership.ts";
import { type Command, type Input, misuse } from "./flags.ts";
import { print, printJson } from "./output.ts";
import { DIR, JSON_FLAG, onlyOperand } from "./run_flags.ts";

/** How many items of a list, or of a stream, a preview shows. */
const SHOWN = 10;

/** The subcommand. */
export const show: Command = {
  name: "show",
  operands: "ARTIFACT",
  summary:
    "show an artifact: its metadata and a preview of its value, by path or by experiment/record/stage/output",
  flags: [DIR, JSON_FLAG],
  examples: [
    "cairn show penguins/compare/ranking",
    "cairn show penguins/method=knn,k=5,seed=1/score/score",
    "cairn show data/cache/results/penguins_0123456789abcdef_compare_ranking.csv --json",
  ],
  run: showCommand,
};

async function showCommand(input: Input): Promise<number> {
  const reference = onlyOperand(input, "an artifact");
  const dir = input.value("dir") ?? "data";
  const path = isThere(reference) ? reference : findArtifact(dir, reference);
  if (path === undefined) {
    throw misuse(
      `Cannot show ${quote(reference)}: there is no such file, and no run in ${
        quote(dir)
      } has such an artifact; ` +
        "name it as experiment/record/stage/output",
    );
  }
  let metadata: ArtifactMetadata;
  try {
    metadata = await readMetadata(path);
  } catch (error) {
    throw misuse(`Cannot show ${quote(reference)}: ${messageOf(error)}`);
  }
  const preview = await previewOf(path, metadata);
  if (input.has("json")) {
    printJson({ path, metadata, preview });
    return 0;
  }
  print(oneLine(path));
  for (const [name, value] of summaryOf(metadata)) print(`  ${`${name}:`.padEnd(12)} ${oneLine(value)}`);
  print("");
  print(preview);
  return 0;
}

function summaryOf(metadata: ArtifactMetadata): [string, string][] {
  const { experiment, record, stage, artifact, params, cacher, files, digest, times, run, extra } = metadata;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const rows: [string, string | null][] = [
    ["artifact", [experiment, record, stage, artifact].filter((part) => part !== null).join(" / ")],
    ["params", params === null ? null : JSON.stringify(params)],
    ["cacher", cacher.kind],
    ["size", `${bytes} bytes in ${files.length} ${files.length === 1 ? "file" : "files"}`],
    ["digest", digest],
    ["recipe key", metadata.recipeKey],
    [
      "made",
      times.finished === "" ? null : `${times.finished} in ${(times.milliseconds / 1000).toFixed(2)} s`,
    ],
    ["run", run.reference],
    ["commit", run.git === null ? null : `${run.git.commit}${run.git.dirty ? ", with changes" : ""}`],
    ["notes", run.notes],
    ["extra", Object.keys(extra).length === 0 ? null : JSON.stringify(extra)],
  ];
  return rows.flatMap(([name, value]) => value === null ? [] : [[name, value]]);
}

async function previewOf(path: string, { cacher, files }: ArtifactMetadata): Promise<string> {
  const known = await knownCacher(cacher.kind);
  if (known === undefined) {
    return `${quote(cacher.kind)} is a cacher of your own; its files:\n${
      files.map(({ path, size }) => `  ${oneLine(path)}  ${size} bytes`).join("\n")
    }`;
  }
  try {
    const value: unknown = await loadFrom(path, known);
    if (known.streams) return await previewOfStream(value as AsyncIterable<unknown>);
    if (typeof value === "string") return value.length > 2000 ? `${value.slice(0, 2000)}...` : value;
    return inspect(value);
  } catch (error) {
    return `no preview: ${messageOf(error)}`;
  }
}

function inspect(value: unknown): string {
  return Deno.inspect(value, { depth: 4, iterableLimit: SHOWN, strAbbreviateSize: 200, colors: false });
}

/** Reads no further than what is shown: a stream may be longer than what memory holds. */
async function previewOfStream(items: AsyncIterable<unknown>): Promise<string> {
  const shown: string[] = [];
  for await (const item of items) {
    if (shown.length === SHOWN) return [...shown, "..."].join("\n");
    shown.push(inspect(item));
  }
  return shown.length === 0 ? "no items" : shown.join("\n");
}

/** The cacher of a kind that comes with Cairn; a custom one's code is not in the metadata. */
async function knownCacher(kind: string): Promise<AnyCacher | undefined> {
  const cachers = await import("../../cachers/mod.ts");
  const [inner = "", compression] = kind.split("+");
  const all: AnyCacher[] = [
    cachers.jsonCacher(),
    cachers.structuredCacher(),
    cachers.textCacher(),
    cachers.bytesCacher(),
    cachers.arrayCacher(),
    cachers.arrayCacher({ format: "npy" }),
    cachers.csvCacher(),
    cachers.jsonTableCacher(),
    cachers.linesCacher(),
    cachers.jsonLinesCacher(),
    cachers.fileReferenceCacher(),
    cachers.pathCacher(),
    cachers.notebookCacher(),
  ];
  const found = all.find((cacher) => cacher.kind === inner);
  if (found === undefined || compression === undefined) return found;
  return compression === "zstd" ? zstd(found) : gzipped(found);
}
