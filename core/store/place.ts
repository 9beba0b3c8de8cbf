/**
 * Where artifacts lie: their folders and file names.
 *
 * @module
 */
import { basename, isAbsolute, join, normalize, SEPARATOR } from "@std/path";
import { artifactName } from "../define/at.ts";
import type { AnyCacher } from "../define/cacher.ts";
import { checkExtension } from "../define/check_outputs.ts";
import type { FileEntry } from "../define/metadata.ts";
import { isDeviceName, quote } from "../params/names.ts";
import type { Params } from "../params/sets.ts";
import { portable } from "./disk/digest.ts";

/** All that the place of an artifact depends on. */
export interface ArtifactSpec {
  /** The experiment's name. */
  readonly experiment: string;
  /** What file names start with, unless the cacher has a prefix of its own. */
  readonly prefix: string;
  /** The stage or aggregate that produces it. */
  readonly stage: string;
  /** The output's name. */
  readonly output: string;
  /** 64 hexadecimal digits. */
  readonly recipeKey: string;
  /** The parameters that reach the stage, for paths that name them. */
  readonly params: Params;
  /** How it is saved and loaded. */
  readonly cacher: AnyCacher;
  /** Milliseconds that its cacher may take to load it; as long as it does where it is undefined. */
  readonly timeout?: number | undefined;
  /** What it is called among the ancestors of another: made once, as it is asked for many times. */
  readonly name: string;
}

/**
 * An artifact, with its name.
 *
 * @param parts All that its place depends on.
 * @returns The artifact.
 */
export function artifactSpec(parts: Omit<ArtifactSpec, "name">): ArtifactSpec {
  const { experiment, prefix, stage, output, recipeKey, params, cacher, timeout } = parts;
  const name = ancestorName(stage, output, recipeKey);
  return { experiment, prefix, stage, output, recipeKey, params, cacher, timeout, name };
}

/** Where one artifact lies. */
export interface Place {
  /** The folder that holds its files. */
  readonly dir: string;
  /** What the name of each of its files begins with. */
  readonly base: string;
  /** What the name of its main file ends with. */
  readonly main: string;
  /** The folder of what its stage wrote by itself. */
  readonly files: string;
}

/** How many digits of the recipe key a file name shows. */
const SHOWN = 16;

/**
 * What file names show of a recipe key.
 *
 * @param recipeKey The recipe key.
 * @returns Its first 16 digits.
 */
export function shownKey(recipeKey: string): string {
  return recipeKey.slice(0, SHOWN);
}

/**
 * The name that an artifact has in the cache, which also names it among ancestors.
 *
 * @param spec The artifact; of its cacher only the prefix counts.
 * @returns `<prefix>_<first 16 digits of the recipe key>_<stage>_<output>`.
 */
export function artifactStem(spec: ArtifactSpec): string {
  return `${spec.cacher.placement?.prefix ?? spec.prefix}_${spec.name}`;
}

/** `<first 16 digits of the recipe key>_<stage>_<output>`, in one piece: V8 would keep a text that is put together as its parts. */
function ancestorName(stage: string, output: string, recipeKey: string): string {
  return [shownKey(recipeKey), stage, output].join("_");
}

/**
 * Where an artifact lies below a root that mirrors the cache: a cache, staging, a full store, the folder of a dry run.
 *
 * @param root The root.
 * @param spec The artifact.
 * @param exact The path that `atPath` gave it, if it did; below a root it lies in `external`.
 * @returns Its place.
 */
export function placeBelow(root: string, spec: ArtifactSpec, exact?: string): Place {
  const files = stageFilesBelow(root, spec);
  if (exact !== undefined) {
    return { ...artifactName(join(root, "external", inside(exact)), spec.cacher.extension), files };
  }
  const { subdir } = spec.cacher.placement ?? {};
  return {
    dir: subdir === undefined ? root : join(root, subdir),
    base: artifactStem(spec),
    main: spec.cacher.extension,
    files,
  };
}

/**
 * The folder of what a stage wrote by itself, below a root that mirrors the cache.
 *
 * @param root The root.
 * @param stage The stage, with its recipe key.
 * @returns `<root>/<prefix>_<first 16 of the recipe key>_<stage>.files`: the dot keeps it apart from every artifact.
 */
export function stageFilesBelow(
  root: string,
  stage: Pick<ArtifactSpec, "prefix" | "recipeKey" | "stage">,
): string {
  return inFolder(root, `${stage.prefix}_${shownKey(stage.recipeKey)}_${stage.stage}.files`);
}

/**
 * Where an artifact with a path of its own lies.
 *
 * @param exact The path.
 * @param spec The artifact.
 * @param root The cache, for what its stage wrote by itself.
 * @returns Its place.
 */
export function placeAt(exact: string, spec: ArtifactSpec, root: string): Place {
  return { ...placeBelow(root, spec), ...artifactName(exact, spec.cacher.extension) };
}

/** Any path as one that lies below a folder. */
function inside(path: string): string {
  const segments = normalize(path).split(/[\\/]+/).filter((segment) => segment !== "" && segment !== ".");
  return join(...segments.map((segment) => segment === ".." ? "_up_" : segment.replaceAll(":", "_")));
}

/**
 * The path that `atPath` gives an artifact.
 *
 * @param spec The artifact.
 * @param cache The cache's folder.
 * @returns The filled-in path, or undefined where the artifact has no path of its own.
 * @throws {TypeError} If a parameter is missing, or its value is no safe segment of a path.
 */
export function exactPath(spec: ArtifactSpec, cache: string): string | undefined {
  const template = spec.cacher.placement?.path;
  if (template === undefined) return undefined;
  return template.replace(/\{([^{}]*)\}/g, (_, word: string) => {
    switch (word) {
      case "cache":
        return cache;
      case "key":
        return shownKey(spec.recipeKey);
      case "stage":
        return spec.stage;
      case "name":
        return spec.output;
      case "experiment":
        return spec.experiment;
      case "artifactFilename":
        return artifactStem(spec) + spec.cacher.extension;
    }
    return paramSegment(spec, word, template);
  });
}

function paramSegment(spec: ArtifactSpec, word: string, template: string): string {
  const cannot = `Cannot place output ${quote(spec.output)} of stage ${quote(spec.stage)} at ${
    quote(template)
  }`;
  const name = word.startsWith("params.") ? word.slice("params.".length) : "";
  if (!Object.hasOwn(spec.params, name)) {
    throw new TypeError(`${cannot}: there is no parameter ${quote(name)} to fill in for {${word}}`);
  }
  const value = spec.params[name];
  const scalar = ["string", "number", "boolean", "bigint"].includes(typeof value);
  const text = scalar ? String(value) : "";
  const isSafe = /^[A-Za-z0-9_-][A-Za-z0-9_.+-]*$/.test(text) && text.length <= 100 && !isDeviceName(text);
  if (scalar && isSafe) return text;
  throw new TypeError(
    `${cannot}: {${word}} is ${quote(value)}, which is no safe segment of a path (letters, digits, _ - . +)`,
  );
}

/**
 * A file of an artifact.
 *
 * @param place Where the artifact lies.
 * @param suffix What follows its name; the main file where it is left out.
 * @returns The file's path.
 */
export function fileAt({ dir, base, main }: Place, suffix: string = main): string {
  return inFolder(dir, base + suffix);
}

/** Folders of places are in normal form: thousands of paths are made before a run begins, and `join` looks at each letter. */
function inFolder(dir: string, name: string): string {
  return dir === "." ? name : dir + (dir.endsWith(SEPARATOR) ? "" : SEPARATOR) + name;
}

/**
 * The metadata file of an artifact.
 *
 * @param place Where the artifact lies.
 * @returns The file's path.
 */
export function metadataAt(place: Place): string {
  return fileAt(place, "_metadata.json");
}

const FILES = "{files}/";

/**
 * Where a file entry of the metadata lies.
 *
 * @param place Where the artifact lies.
 * @param entry The entry, or its path.
 * @returns The file's path, or for a folder its path with no slash at the end.
 */
export function entryAt(place: Place, entry: Pick<FileEntry, "path">): string {
  const path = entry.path.replace(/\/$/, "");
  return path.startsWith(FILES) ? join(place.files, path.slice(FILES.length)) : fileAt(place, path);
}

/**
 * The path that the entry of a file at an artifact's name has in the metadata.
 *
 * @param place Where the artifact lies.
 * @param path The file.
 * @returns The entry's path; undefined for a file elsewhere.
 */
export function entryOf(place: Place, path: string): string | undefined {
  const stem = fileAt(place, "");
  return path.startsWith(stem) ? portable(path.slice(stem.length)) : undefined;
}

/**
 * Whether the path of an entry stays within its artifact: metadata may have been written by somebody else.
 *
 * @param path The path in the metadata.
 * @returns Whether it has no way out.
 */
export function isOwnEntry(path: string): boolean {
  if (path.includes("\0")) return false;
  // Few names have two dots at all, and an artifact may have thousands.
  return !path.includes("..") || !path.split(SEPARATOR === "/" ? "/" : /[\\/]/).includes("..");
}

/**
 * The path of a file that the stage wrote by itself, as an entry has it.
 *
 * @param relative Its path below the stage's folder.
 * @returns `{files}/plot.png`.
 */
export function stageFileEntry(relative: string): string {
  return FILES + relative;
}

/**
 * Refuses a suffix that is no end of a file name, or that is taken.
 *
 * @param what Whose suffix it is, for messages.
 * @param suffix The suffix.
 * @throws {TypeError} If it is not letters, digits, `_`, `-` and single dots, or is that of the metadata.
 */
export function checkSuffix(what: string, suffix: unknown): asserts suffix is string {
  checkExtension(what, suffix);
  if (suffix.toLowerCase() === "_metadata.json") {
    throw new TypeError(
      `Cannot use ${what}: ${quote(suffix)} is the name of the metadata file; choose another`,
    );
  }
}

/**
 * A path for messages and results: as it is, relative ones without a leading `./`.
 *
 * @param path Any path.
 * @returns The path, normal in form.
 */
export function shown(path: string): string {
  return isAbsolute(path) ? path : normalize(path);
}

/**
 * The file name of a path.
 *
 * @param path Any path.
 * @returns Its last segment.
 */
export function fileName(path: string): string {
  return basename(path);
}
