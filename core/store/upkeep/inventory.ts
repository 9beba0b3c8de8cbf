/**
 * What lies in a cache: the artifacts of each recipe, and what a commit left that was killed.
 *
 * @module
 */
import { basename, dirname, join, relative } from "@std/path";
import type { ArtifactMetadata, FileEntry } from "../../define/metadata.ts";
import { byCodeUnit } from "../../params/canonical.ts";
import { portable } from "../disk/digest.ts";
import { type CachedFile, entriesOf, filesAt } from "./files_at.ts";
import { clearMessage, isFromSystem } from "../disk/disk_error.ts";
import { type MetadataResult, readMetadataFile } from "../metadata.ts";
import { isThere, topEntries } from "../ownership.ts";
import { shownKey } from "../place.ts";

/** All artifacts of one recipe, which were made by one execution, and go together. */
export interface Unit {
  /** The first 16 digits of the recipe key. */
  readonly key: string;
  readonly recipeKey: string;
  readonly experiment: string;
  readonly stage: string;
  /** Each of its artifacts, by where its metadata lies. */
  readonly artifacts: readonly { readonly path: string; readonly output: string }[];
  /** Its files, metadata files too. */
  readonly files: readonly CachedFile[];
  /** Its folders, inner ones first. */
  readonly folders: readonly string[];
  /** The folders of what its stage wrote by itself: one for each experiment that made it. */
  readonly stageFiles: readonly string[];
  /** When it was made or linked, in milliseconds since 1970. */
  readonly made: number;
  /** Whether its values name files that lie outside of its artifacts. */
  readonly refers: boolean;
  /** Whether others that lie there were made from it: a rerun that finds those need not have it. */
  readonly feeds: boolean;
  /** Its own key, and those of all whose values name its files. */
  readonly users: readonly string[];
  /** A file among its own that Cairn did not write. */
  readonly stray: string | undefined;
}

/** A file or folder by a name of Cairn's that no metadata claims. */
export interface Leftover {
  readonly path: string;
  /** What may be the first 16 digits of its recipe key. */
  readonly keys: readonly string[];
  readonly files: readonly CachedFile[];
  /** When it last changed, in milliseconds since 1970. */
  readonly modified: number;
  /** For a metadata file, what is wrong with it. */
  readonly damaged: string | undefined;
}

/** What lies in a cache. Everything else in its folder is the user's. */
export interface Inventory {
  readonly units: readonly Unit[];
  readonly leftovers: readonly Leftover[];
}

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const OWN = /^[A-Za-z0-9][A-Za-z0-9_-]*_[0-9a-f]{16}_[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const METADATA = "_metadata.json";

/**
 * Lists what lies in a cache. Follows no link, and changes nothing.
 *
 * @param cache The cache's folder, or the artifacts of a full store.
 * @returns The artifacts by recipe, sorted by key, and what no metadata claims.
 * @throws What the file system throws, unless that something is gone meanwhile.
 */
export function takeInventory(cache: string): Inventory {
  const claims = new Map<string, Claim[]>();
  const others: Found[] = [];
  const foreign: string[] = [];
  const ancestors = new Set<string>();
  const folders = [cache];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, isFile, isDirectory } of entriesOf(folder)) {
      const path = join(folder, name);
      if (isDirectory && SEGMENT.test(name) && (!OWN.test(name) || holdsArtifacts(path))) {
        if (!isOther(path)) folders.push(path);
      } else if (!OWN.test(name) || !(isFile || isDirectory)) continue; // a link is nobody's but the user's
      else {
        const claim = isFile && name.endsWith(METADATA) ? readClaim(path, ancestors) : undefined;
        if (claim !== undefined && "foreign" in claim) foreign.push(...claim.foreign);
        else if (claim !== undefined && "key" in claim) {
          // Experiments with the same stages have artifacts of the same recipes, each its own.
          const owner = `${claim.key} ${claim.metadata.experiment}`;
          claims.set(owner, [...claims.get(owner) ?? [], claim]);
        } else others.push({ path, damaged: claim?.damaged });
      }
    }
  }
  const stageFiles = Map.groupBy(
    others.filter(({ path }) => path.endsWith(".files") && dirname(path) === cache)
      .flatMap(({ path }) => keysIn(basename(path)).map((key) => ({ key, path }))),
    ({ key }) => key,
  );
  const units = [...claims.values()].map((of) => {
    const { key } = of[0]!;
    return unitOf(of, ancestors.has(key), (stageFiles.get(key) ?? []).map(({ path }) => path));
  });
  const claimed = new Set([...units.flatMap(({ tops }) => tops), ...foreign]);
  return {
    units: withUsers(units).sort((a, b) =>
      byCodeUnit(a.key, b.key) || byCodeUnit(a.experiment, b.experiment)
    ),
    leftovers: others.filter(({ path }) => !claimed.has(path)).flatMap(leftoverOf)
      .sort((a, b) => byCodeUnit(a.path, b.path)),
  };
}

/** Something by a name of Cairn's. */
interface Found {
  readonly path: string;
  readonly damaged: string | undefined;
}

/** A metadata file that says what its name says. */
interface Claim {
  readonly key: string;
  /** What its name begins with. */
  readonly prefix: string;
  readonly path: string;
  /** What counts here: the whole of it would fill the memory. */
  readonly metadata: Pick<
    ArtifactMetadata,
    "artifact" | "stage" | "experiment" | "recipeKey" | "files" | "references" | "located"
  >;
}

/** The paths that are the user's since metadata says so. */
interface Foreign {
  readonly foreign: readonly string[];
}

function readClaim(path: string, ancestors: Set<string>): Claim | Foreign | { readonly damaged: string } {
  const read = readOrRefused(path);
  if ("absent" in read) return { foreign: [] }; // gone meanwhile
  if ("damaged" in read) return { damaged: read.damaged };
  const { artifact, stage, experiment, recipeKey, files, references, located, exact } = read.metadata;
  // What was saved inline or at a path of its own, or was copied to another name, is the user's.
  const prefix = typeof recipeKey !== "string" || stage === null || exact
    ? undefined
    : prefixOf(path, recipeKey, stage, artifact);
  if (prefix === undefined) return { foreign: topsOf(path, files) };
  for (const name of Object.keys(read.metadata.ancestors)) ancestors.add(shownKey(name));
  const kept = { artifact, stage, experiment, recipeKey, files, references };
  return { key: shownKey(recipeKey!), prefix, path, metadata: located ? { ...kept, located } : kept };
}

/** One that may not be read is damaged to whoever asks, and hides none of the others. */
function readOrRefused(path: string): MetadataResult {
  try {
    return readMetadataFile(path);
  } catch (error) {
    if (!isFromSystem(error)) throw error;
    return { damaged: `it can't be read: ${clearMessage(error, path)}` };
  }
}

/** What an artifact's name begins with; undefined where the rest of it is not as its metadata says. */
function prefixOf(path: string, recipeKey: string, stage: string, output: string): string | undefined {
  const end = `_${shownKey(recipeKey)}_${stage}_${output}${METADATA}`;
  const name = basename(path);
  const prefix = name.slice(0, -end.length);
  return name.endsWith(end) && SEGMENT.test(prefix) ? prefix : undefined;
}

/** The files and folders of an artifact beside its metadata. */
function topsOf(path: string, files: readonly FileEntry[]): string[] {
  return topEntries(ownEntries(files)).map((top) => besideMetadata(path, top));
}

function ownEntries(files: readonly FileEntry[]): FileEntry[] {
  return files.filter(({ path }) => !path.startsWith("{files}/"));
}

function besideMetadata(path: string, suffix: string): string {
  return path.slice(0, -METADATA.length) + suffix;
}

type OwnUnit = Omit<Unit, "users"> & {
  /** The paths directly in folders of the cache that are its own. */
  readonly tops: readonly string[];
  /** The keys of others whose files its values name. */
  readonly refersTo: readonly string[];
};

function unitOf(claims: readonly Claim[], feeds: boolean, stageFiles: readonly string[]): OwnUnit {
  const [{ key, metadata: { recipeKey, stage, experiment } }] = claims as [Claim, ...Claim[]];
  const written = claims.flatMap(({ metadata }) => metadata.files).filter(({ path }) =>
    path.startsWith("{files}/")
  );
  const prefixes = new Set([experiment, ...claims.map(({ prefix }) => prefix)]);
  const ownFolders = written.length === 0 ? [] : stageFiles.filter((path) => {
    const end = `_${key}_${stage}.files`;
    return path.endsWith(end) && prefixes.has(basename(path).slice(0, -end.length));
  });
  // By path, what is listed as a file and what as a folder.
  const listed = new Map<string, "file" | "folder">(claims.map(({ path }) => [path, "file"]));
  const list = (path: string) => listed.set(path.replace(/\/$/, ""), path.endsWith("/") ? "folder" : "file");
  for (const folder of ownFolders) {
    list(`${folder}/`);
    for (const { path } of written) list(join(folder, "/") + path.slice("{files}/".length));
  }
  const tops = [...ownFolders];
  for (const { path, metadata } of claims) {
    for (const entry of ownEntries(metadata.files)) list(besideMetadata(path, entry.path));
    tops.push(...topsOf(path, metadata.files));
  }
  const found = [...claims.map(({ path }) => path), ...tops].map((path) => filesAt(path));
  const files = found.flatMap(({ files }) => files);
  const folders = found.flatMap(({ folders }) => folders);
  const stray = found.flatMap(({ others }) => others)[0] ??
    files.find(({ path }) => listed.get(path) !== "file")?.path ??
    folders.find((path) => listed.get(path) !== "folder");
  const references = claims.flatMap(({ metadata }) => metadata.references).filter(({ path }) =>
    !path.startsWith("{files}/")
  );
  return {
    key,
    recipeKey: recipeKey!,
    experiment: experiment ?? "",
    stage: stage!,
    artifacts: claims.map(({ path, metadata }) => ({ path, output: metadata.artifact })),
    files,
    folders,
    stageFiles: ownFolders,
    // A time that is yet to come is that of another clock.
    made: Math.min(Date.now(), Math.max(...found.slice(0, claims.length).map(({ modified }) => modified))),
    feeds,
    refers: references.length > 0 || claims.some(({ metadata }) => metadata.located),
    refersTo: [...new Set(references.flatMap(({ path }) => keysIn(path)))].filter((other) => other !== key),
    stray,
    tops,
  };
}

/** Whoever needs an artifact needs what its value names too. */
function withUsers(units: readonly OwnUnit[]): Unit[] {
  const users = new Map(units.map(({ key }) => [key, new Set([key])]));
  const referring = units.filter(({ refersTo }) => refersTo.length > 0);
  for (let grown = true; grown;) {
    grown = false;
    for (const { key, refersTo } of referring) {
      for (const of of refersTo) {
        const known = users.get(of);
        for (const user of known === undefined ? [] : users.get(key)!) {
          if (known!.has(user)) continue;
          known!.add(user);
          grown = true;
        }
      }
    }
  }
  return units.map(({ tops: _, refersTo: __, ...unit }) => ({ ...unit, users: [...users.get(unit.key)!] }));
}

function leftoverOf({ path, damaged }: Found): Leftover[] {
  const { files, folders, others, modified } = filesAt(path);
  if (files.length + folders.length + others.length === 0) return []; // gone meanwhile
  return [{ path, keys: keysIn(basename(path)), files, modified, damaged }];
}

/** Whether a folder is a cache of its own, or that of a run. */
function isOther(folder: string): boolean {
  return [".cairn", "run.json"].some((name) => isThere(join(folder, name)));
}

function keysIn(path: string): string[] {
  return [...path.matchAll(/_([0-9a-f]{16})(?=_)/g)].map(([, key]) => key!);
}

/** A folder of artifacts may bear any name. */
function holdsArtifacts(folder: string): boolean {
  return entriesOf(folder).some(({ name, isFile, isDirectory }) =>
    isFile ? OWN.test(name) && name.endsWith(METADATA) : isDirectory && holdsArtifacts(join(folder, name))
  );
}

/**
 * A path as messages show it.
 *
 * @param cache The cache's folder.
 * @param path A path below it.
 * @returns The path from the cache's folder, with slashes.
 */
export function belowCache(cache: string, path: string): string {
  return portable(relative(cache, path));
}
