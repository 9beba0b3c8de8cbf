/**
 * What lies in a working folder: whole artifacts, what belongs to none, what was left over, runs, the registry.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync, walkSync } from "@std/fs";
import { dirname, join, relative } from "@std/path";
import { readMetadataFile } from "../../core/store/metadata.ts";
import { entryAt, type Place } from "../../core/store/place.ts";

/** What lies in a working folder. */
export interface State {
  /** The digest of every file of every artifact that has whole metadata, by path. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Files that belong to no artifact, the user's own among them. */
  readonly others: readonly string[];
  /** What nobody but a process under way has any use for. */
  readonly leftovers: readonly string[];
  /** The numbers of the runs and what `run.json` says of them, in order. */
  readonly runs: readonly { readonly number: number; readonly status: string }[];
  /** What is wrong with the registry; empty where nothing is. */
  readonly registry: string;
  /** How many sets it holds. */
  readonly sets: number;
}

const OF_A_PROCESS =
  /\.partial$|\.pending$|\.cairn-|\.lock$|[\\/]\.cairn[\\/](staging|locks|uses[\\/]live)[\\/]./;
const NOT_ARTIFACTS = /[\\/]\.cairn[\\/]|(^|[\\/])data[\\/]runs[\\/]/;

/** Looks at a working folder. */
export function stateOf(dir: string, cache = "data/cache"): State {
  const found = [...walkSync(dir)].filter(({ path }) => path !== dir)
    .map(({ path, isDirectory }) => ({ path: relative(dir, path), isDirectory }));
  const leftovers = found.map(({ path }) => path).filter((path) => OF_A_PROCESS.test(path));
  const files = found.filter(({ path, isDirectory }) =>
    !isDirectory && !NOT_ARTIFACTS.test(path) && !OF_A_PROCESS.test(path)
  ).map(({ path }) => path);
  const artifacts: Record<string, string> = {};
  const known = new Set<string>();
  for (const path of files.filter((path) => path.endsWith("_metadata.json"))) {
    const read = readMetadataFile(join(dir, path));
    if (!("metadata" in read)) continue;
    const { metadata } = read;
    const place: Place = {
      dir: dirname(path),
      base: path.slice(dirname(path).length + 1, -"_metadata.json".length),
      main: metadata.cacher.extension,
      files: join(
        cache,
        `${metadata.experiment}_${metadata.recipeKey?.slice(0, 16)}_${metadata.stage}.files`,
      ),
    };
    const entries = metadata.files.filter((entry) => !entry.path.endsWith("/"));
    if (!entries.every((entry) => existsSync(join(dir, entryAt(place, entry))))) continue;
    known.add(path);
    for (const entry of entries) {
      const file = entryAt(place, entry);
      artifacts[file] = sha256(join(dir, file));
      known.add(file);
    }
  }
  const others = files.filter((path) => !known.has(path)).sort();
  return {
    artifacts,
    others,
    leftovers,
    runs: runsIn(join(dir, "data/runs")),
    ...registryIn(join(dir, cache)),
  };
}

function sha256(path: string): string {
  return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
}

function runsIn(folder: string): State["runs"] {
  if (!existsSync(folder)) return [];
  return [...Deno.readDirSync(folder)].filter(({ isDirectory, name }) => isDirectory && !name.startsWith("."))
    .map(({ name }) => {
      const path = join(folder, name, "run.json");
      const status = existsSync(path) ? JSON.parse(Deno.readTextFileSync(path)).status : "";
      return { number: Number(/_(\d+)_[^_]*$/.exec(name)?.[1]), status };
    }).sort((a, b) => a.number - b.number);
}

function registryIn(cache: string): Pick<State, "registry" | "sets"> {
  const path = join(cache, ".cairn/registry.jsonl");
  if (!existsSync(path)) return { registry: "", sets: 0 };
  const text = Deno.readTextFileSync(path);
  const lines = text.split("\n").filter((line) => line !== "");
  try {
    const hashes = lines.map((line) => JSON.parse(line).hash);
    const isWhole = text.endsWith("\n") && new Set(hashes).size === hashes.length;
    return { registry: isWhole ? "" : "a line is cut, or a set is there twice", sets: hashes.length };
  } catch (error) {
    return { registry: `a line is damaged: ${error}`, sets: lines.length };
  }
}
