/**
 * What lies in the cache for an artifact, and whether it is still what was committed.
 *
 * @module
 */
import { relative } from "@std/path";
import type { Awaitable } from "../define/cacher.ts";
import type { ArtifactMetadata, FileEntry } from "../define/metadata.ts";
import { messageOf } from "../params/paths.ts";
import { oneLine, quote } from "../params/names.ts";
import { within } from "../params/timer.ts";
import { artifactToLoad } from "./artifact.ts";
import { adoptedMetadata } from "./adopt.ts";
import { ancestorList, type Ancestors } from "./ancestors.ts";
import { fileState, isAbsent, portable, stateProblem } from "./disk/digest.ts";
import { leadsOut } from "./symbolic_links.ts";
import { type MetadataHead, readMetadataFile, readMetadataHead } from "./metadata.ts";
import { foreignFile, isFolder, isThere, pendingMetadataAt } from "./ownership.ts";
import {
  type ArtifactSpec,
  entryAt,
  exactPath,
  fileAt,
  metadataAt,
  type Place,
  placeAt,
  placeBelow,
} from "./place.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Where an artifact may lie: in the temporary folder of a dry run, at a path that the user chose, or in the cache (as
 * what has a path of its own does in a full store).
 */
export type Where = "overlay" | "exact" | "cache";

/** An artifact that is there and whole: what a plan has to know of it. */
export interface Found {
  readonly state: "found";
  /** For {@linkcode placeOf}: of thousands of artifacts, the places themselves would be much to hold. */
  readonly where: Where;
  readonly digest: string;
  /** The execution that made it; undefined for a file that was adopted. */
  readonly execution: string | undefined;
  readonly contentKey: string | null;
  readonly ancestors: Ancestors;
  /** When its stage ended, in milliseconds since 1970; 0 for a file that was adopted. */
  readonly finished: number;
  /** Whether it is a file of the user's whose digest is not kept beside it yet. */
  readonly isNewlyAdopted?: true;
}

/** An artifact that can't be used. */
export interface NotFound {
  /** `foreign`: a file lies at its path that Cairn did not write, or that was changed since. */
  readonly state: "missing" | "damaged" | "foreign";
  readonly reason: string;
  /** Whether it is there, but what it refers to is another by now. */
  readonly hasChanged?: true;
  /** Whether a file of it is gone: whoever deleted what nobody needs knows it. */
  readonly isGone?: boolean;
}

/** What a lookup came to. */
export type Lookup = Found | NotFound;

/**
 * Where an artifact is to be written.
 *
 * @param workspace The workspace.
 * @param spec The artifact.
 * @returns Its place in the cache, or at its own path; in a dry run below the temporary folder.
 */
export function targetPlace(workspace: Workspace, spec: ArtifactSpec): Place {
  const exact = exactPath(spec, workspace.cache);
  if (workspace.dry !== "no") return placeBelow(workspace.session.overlay ?? workspace.cache, spec, exact);
  return exact === undefined ? placeBelow(workspace.cache, spec) : placeAt(exact, spec, workspace.cache);
}

/**
 * Where an artifact lies that was looked up.
 *
 * @param workspace The workspace.
 * @param spec The artifact.
 * @param where Where it was found.
 * @returns Its place.
 */
export function placeOf(workspace: Workspace, spec: ArtifactSpec, where: Where): Place {
  return placeIn(workspace, spec, where, exactPath(spec, workspace.cache));
}

function placeIn(
  { cache, session }: Workspace,
  spec: ArtifactSpec,
  where: Where,
  exact: string | undefined,
): Place {
  if (where === "exact") return placeAt(exact!, spec, cache);
  return placeBelow(where === "overlay" ? session.overlay! : cache, spec, exact);
}

/**
 * Looks an artifact up. Reads only; size and time of change stand for the content where they agree with the metadata.
 *
 * @param workspace The workspace.
 * @param spec The artifact.
 * @returns What was found; a promise where the cacher's `check` returns one.
 * @throws What the file system throws, unless that nothing is there.
 */
export function lookupArtifact(workspace: Workspace, spec: ArtifactSpec): Awaitable<Lookup> {
  let first: Lookup | undefined;
  const exact = exactPath(spec, workspace.cache);
  for (const where of candidates(workspace, spec, exact)) {
    const place = placeIn(workspace, spec, where, exact);
    const found = examine(place, spec, where);
    if (found.state === "found") return withCheck(found, place, spec);
    first ??= found;
  }
  return first!;
}

const CACHE: readonly Where[] = ["cache"];

/** Where an artifact may be found, the likeliest first. */
function candidates(workspace: Workspace, spec: ArtifactSpec, exact: string | undefined): readonly Where[] {
  const hasOverlay = workspace.session.overlay !== undefined;
  if (exact === undefined) return hasOverlay ? ["overlay", "cache"] : CACHE;
  const places: readonly Where[] = hasOverlay ? ["overlay", "exact"] : ["exact"];
  const stored = placeBelow(workspace.cache, spec, exact); // in a full store
  const isAway = leadsOut(workspace, portable(relative(workspace.cache, stored.dir)));
  return isAway ? places : [...places, "cache"];
}

function examine(place: Place, spec: ArtifactSpec, where: Where): Lookup {
  const isExact = where === "exact";
  let last: string | undefined;
  for (;;) {
    const read = readMetadataHead(metadataAt(place));
    if (!("metadata" in read)) {
      if (isExact) return examineForeign(place, spec, "absent" in read ? "it has no metadata" : read.damaged);
      return "absent" in read
        ? { state: "missing", reason: "not in the cache" }
        : { state: "damaged", reason: read.damaged };
    }
    const { metadata } = read;
    const problem = filesProblem(place, metadata, "times");
    if (problem === undefined) return judge(place, spec, where, metadata);
    // Somebody may be committing just now: then the metadata is another by now, or gone.
    if (last !== metadata.execution) {
      last = metadata.execution;
      continue;
    }
    const isGone = metadata.files.some((entry) => !isThere(entryAt(place, entry)));
    const isOwn = metadata.recipeKey === spec.recipeKey && !isThere(fileAt(place));
    const isInterrupted = isExact && isThere(pendingMetadataAt(place)); // a commit, and so it is no damage
    if (isExact && (!isOwn || isInterrupted)) return examineForeign(place, spec, problem);
    return { state: "damaged", reason: problem, ...(isGone ? { isGone } : {}) };
  }
}

/** Whether whole metadata with whole files is that of the artifact that was asked for. */
function judge(place: Place, spec: ArtifactSpec, where: Where, metadata: MetadataHead): Lookup {
  const { digest, execution, contentKey } = metadata;
  const ancestors = ancestorList(metadata.ancestors);
  if (metadata.adopted) {
    return spec.cacher.placement?.adopt
      ? { state: "found", where, digest, execution: undefined, contentKey, ancestors, finished: 0 }
      : { state: "foreign", reason: `${quote(fileAt(place))} was not written by Cairn, but adopted` };
  }
  if (
    metadata.recipeKey !== spec.recipeKey || metadata.artifact !== spec.output ||
    metadata.stage !== spec.stage
  ) {
    return { state: "missing", reason: "what lies at its path was made by another recipe" };
  }
  // Only what such a cacher wrote leads anywhere: else whoever wrote the metadata would choose what is read.
  if (metadata.references.length > 0 && spec.cacher.paths === undefined) {
    return { state: "damaged", reason: "its metadata refers to files, which its cacher does not" };
  }
  const gone = referencesProblem(metadata);
  if (gone !== undefined) return { state: "missing", reason: gone, hasChanged: true };
  const finished = Date.parse(metadata.times?.finished) || 0;
  return { state: "found", where, digest, execution, contentKey, ancestors, finished };
}

/** A path that the user chose: what lies there without being ours is adopted, or left alone. */
function examineForeign(place: Place, spec: ArtifactSpec, why: string): Lookup {
  const path = fileAt(place);
  if (!isThere(path)) return { state: "missing", reason: "not at its path" };
  if (spec.cacher.placement?.adopt) {
    const { digest } = adoptedMetadata(place, spec);
    return {
      state: "found",
      where: "exact",
      digest,
      execution: undefined,
      contentKey: null,
      ancestors: [],
      finished: 0,
      isNewlyAdopted: true,
    };
  }
  if (foreignFile(place) === undefined) {
    return { state: "missing", reason: "it is not whole, but all of it is Cairn's" };
  }
  return {
    state: "foreign",
    reason: `${quote(path)} was not written by Cairn, or was changed since: ${why}`,
  };
}

/**
 * Whether the files of an artifact are what its metadata says.
 *
 * @param place Where it lies.
 * @param metadata Its metadata: what its files were.
 * @param trust Whether size and time of change are enough where they agree.
 * @param sound The paths of entries that need not be looked at: they were just read.
 * @returns What is wrong, as the end of a sentence; undefined where nothing is.
 */
export function filesProblem(
  place: Place,
  metadata: Pick<ArtifactMetadata, "files">,
  trust: "times" | "content",
  sound: ReadonlySet<string> = new Set(),
): string | undefined {
  const locate = (entry: FileEntry) => entryAt(place, entry);
  // The folder of what its stage wrote has no entry of its own: a link in its place would be followed.
  if (metadata.files.some(({ path }) => path.startsWith("{files}/")) && !isFolder(place.files)) {
    return `${quote(place.files)} is ${isThere(place.files) ? "no folder" : "missing"}`;
  }
  const others = metadata.files.filter(({ path }) => !sound.has(path));
  return entriesProblem(others, locate, trust) ?? strayProblem(metadata.files, locate);
}

/** A folder counts with all below it: what was added to it would be read too. */
function strayProblem(files: readonly FileEntry[], locate: (entry: FileEntry) => string): string | undefined {
  const folders = files.filter(({ path }) => path.endsWith("/"));
  if (folders.length === 0) return undefined;
  const listed = new Set(files.map(({ path }) => path));
  for (const folder of folders) {
    const names = namesIn(locate(folder));
    if (names === undefined) return `${quote(locate(folder))} is missing`;
    for (const name of names) {
      const path = folder.path + name;
      if (!listed.has(path) && !listed.has(`${path}/`)) {
        return `${quote(`${locate(folder)}/${name}`)} was added to it`;
      }
    }
  }
  return undefined;
}

/** Undefined where somebody has removed it just now. */
function namesIn(folder: string): string[] | undefined {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function referencesProblem(metadata: MetadataHead): string | undefined {
  // What a stage wrote by itself is among the artifact's files, or those of a sister.
  const elsewhere = metadata.references.filter(({ path }) => !path.startsWith("{files}/"));
  const locate = ({ path }: FileEntry) => path.replace(/\/$/, "");
  const problem = entriesProblem(elsewhere, locate, "times") ?? strayProblem(elsewhere, locate);
  return problem === undefined ? undefined : `what it refers to is no longer the same: ${problem}`;
}

function entriesProblem(
  entries: readonly FileEntry[],
  locate: (entry: FileEntry) => string,
  trust: "times" | "content",
): string | undefined {
  for (const entry of entries) {
    const path = locate(entry);
    const problem = stateProblem(path, fileState(path, entry, trust));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Asks the cacher, where it has something to say. */
function withCheck(found: Found, place: Place, spec: ArtifactSpec): Awaitable<Lookup> {
  const { check } = spec.cacher;
  if (check === undefined) return found;
  const read = readMetadataFile(metadataAt(place));
  if (!("metadata" in read)) return found; // adopted: there is nothing it could refer to
  const judged = (good: boolean): Lookup =>
    good ? found : { state: "missing", reason: "what it refers to is no longer there" };
  // What it read may be damaged in a way that only a digest shows: that is a miss like any other.
  const failed = (error: unknown): Lookup => ({
    state: "damaged",
    reason: `its cacher can't check it: ${oneLine(messageOf(error))}`,
  });
  try {
    const verdict = check(artifactToLoad(place, read.metadata));
    if (!(verdict instanceof Promise)) return judged(verdict);
    return within(spec.timeout, "it", () => verdict).then(judged, failed);
  } catch (error) {
    return failed(error);
  }
}
