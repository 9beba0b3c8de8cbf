/**
 * Whether metadata is of the shape that Cairn writes: whoever wrote it could seal anything.
 *
 * Checked by hand, since thousands are read before a run begins.
 *
 * @module
 */
import type { FileEntry } from "../define/metadata.ts";
import type { MetadataHead } from "./metadata.ts";
import { isOwnEntry } from "./place.ts";

/** What is known of nothing. */
type Loose = { readonly [name: string]: unknown };

const LACKING = "the metadata lacks what belongs to it";

/**
 * Finds what of metadata is not as Cairn writes it.
 *
 * @param metadata Any JSON.
 * @returns What is wrong with it; undefined where each field is of its type, and nothing leads out of the artifact.
 */
export function shapeProblem(metadata: unknown): string | undefined {
  return headProblem(metadata) ?? (hasRest(metadata as Loose) ? undefined : LACKING);
}

/**
 * Finds what of the head of metadata is not as Cairn writes it.
 *
 * @param metadata Any JSON.
 * @returns What is wrong with it; undefined where each of its fields is of its type, and nothing leads out of the artifact.
 */
export function headProblem(metadata: unknown): string | undefined {
  if (!isObject(metadata) || !hasHead(metadata)) return LACKING;
  const { files, references } = metadata as unknown as MetadataHead; // each field of it was just looked at
  if (!files.every(({ path }) => isOwnEntry(path))) {
    return "the metadata names files outside of the artifact";
  }
  // What lies in a folder that is not named could lie behind a link.
  if (!hasFolders(files)) return "the metadata names files in a folder that it does not name";
  if (references.some(({ path }) => path.includes("\0") || path.startsWith("{files}") && !isOwnEntry(path))) {
    return "the metadata refers to what is no path";
  }
  return undefined;
}

function hasHead(of: Loose): boolean {
  const { times, ancestors } = of;
  return isText(of.artifact) && isText(of.execution) && isText(of.digest) && isName(of.stage) &&
    isName(of.recipeKey) && isName(of.contentKey) &&
    isFlag(of.adopted) && isFlag(of.exact) && isFlag(of.located) &&
    isObject(times) && isText(times.started) && isText(times.finished) && isNumber(times.milliseconds) &&
    isObject(ancestors) && areTexts(ancestors) &&
    isListOf(isEntry, of.files) && isListOf(isEntry, of.references);
}

function hasRest(of: Loose): boolean {
  const { cacher, run, linked } = of;
  return isName(of.record) && isName(of.experiment) && isName(of.paramsHash) &&
    isObject(cacher) && isText(cacher.kind) && isText(cacher.extension) &&
    isObject(run) && isRun(run) &&
    (linked === undefined ||
      isObject(linked) && isText(linked.recipeKey) && isName(linked.record) && isName(linked.experiment)) &&
    isListOf(isText, of.priorStages) && isListOf(isText, of.priorRecords) &&
    isObject(of.extra) && isJson(of.recipe) && isJson(of.params);
}

function isRun({ reference, command, git, versions, notes }: Loose): boolean {
  return isName(reference) && isName(notes) && isListOf(isText, command) && isObject(versions) &&
    (git === null || isObject(git) && isText(git.commit) && typeof git.dirty === "boolean");
}

function isEntry(entry: unknown): boolean {
  return isObject(entry) && isText(entry.path) && isText(entry.sha256) && isNumber(entry.size) &&
    isNumber(entry.modified);
}

function hasFolders(files: readonly FileEntry[]): boolean {
  const folders = new Set(files.flatMap(({ path }) => path.endsWith("/") ? [path] : []));
  let last = "{files}/"; // which no entry names
  return files.every(({ path }) => {
    const end = path.lastIndexOf("/", path.length - 2) + 1;
    if (end === 0 || end === last.length && path.startsWith(last)) return true;
    const folder = path.slice(0, end);
    if (folder !== "{files}/" && !folders.has(folder)) return false;
    last = folder;
    return true;
  });
}

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without a list of them: in a long pipeline there are hundreds. */
function areTexts(values: Loose): boolean {
  for (const name in values) if (!isText(values[name])) return false;
  return true;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isName(value: unknown): boolean {
  return value === null || typeof value === "string";
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

function isFlag(value: unknown): boolean {
  return value === undefined || value === true;
}

function isListOf(is: (item: unknown) => boolean, value: unknown): boolean {
  return Array.isArray(value) && value.every(is);
}

/** It may be anything, but it is there. */
function isJson(value: unknown): boolean {
  return value !== undefined;
}
