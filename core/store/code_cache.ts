/**
 * The analysis of an experiment's modules, kept so that a run where nothing changed need not parse them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "@std/path";
import { VERSION } from "./environment.ts";
import { ensureOwnFolder, readOwnFile, replaceOwnFile } from "./own_file.ts";
import { ownFolder } from "./staging.ts";

/** The version of what is kept, and of how modules are analysed: another one is analysed anew. */
export const ANALYSIS_FORMAT = 1;

/** What is kept of an experiment's modules. */
export interface KeptAnalysis {
  /** By the file's kind and digest; plain JSON, whose form the analysis knows. */
  readonly modules: { readonly [key: string]: unknown };
  /** Digests of functions in normal form, by the digest of the text that they show of themselves. */
  readonly texts: { readonly [text: string]: string };
}

/**
 * Reads what is kept of an experiment's modules.
 *
 * @param cache The cache.
 * @param experiment The experiment's name.
 * @returns What is kept; undefined where nothing is, or not whole, or by another version.
 * @throws What the file system throws, unless that nothing lies there.
 */
export function readAnalysis(cache: string, experiment: string): KeptAnalysis | undefined {
  const read = readOwnFile(pathOf(cache, experiment));
  if (!("text" in read)) return undefined;
  const { text } = read;
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (text.slice(0, end) !== seal(body)) return undefined;
  const { modules, texts } = JSON.parse(body) as Partial<KeptAnalysis>;
  const isRecord = (value: unknown) => typeof value === "object" && value !== null;
  return isRecord(modules) && isRecord(texts) ? { modules: modules!, texts: texts! } : undefined;
}

/**
 * Keeps what is known of an experiment's modules.
 *
 * @param cache The cache.
 * @param experiment The experiment's name.
 * @param kept What is known.
 * @throws What the file system throws.
 */
export function writeAnalysis(cache: string, experiment: string, kept: KeptAnalysis): void {
  const path = pathOf(cache, experiment);
  const body = JSON.stringify({ modules: kept.modules, texts: kept.texts });
  ensureOwnFolder(dirname(path));
  replaceOwnFile(path, `${seal(body)}\n${body}`);
}

function pathOf(cache: string, experiment: string): string {
  return join(ownFolder(cache), "code", `${experiment}.json`);
}

/** Another format has another seal, and so has another version of Cairn. */
function seal(body: string): string {
  return createHash("sha256").update(`${ANALYSIS_FORMAT} ${VERSION}\n`).update(body).digest("hex");
}
