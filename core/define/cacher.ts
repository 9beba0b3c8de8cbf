/**
 * Cachers: how the value of one output is saved and loaded, as a plain record.
 *
 * @module
 */
import type { ArtifactMetadata } from "./metadata.ts";
import type { Packing } from "./packing.ts";

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** The place where one artifact is saved or loaded: what a cacher gets to work with. */
export interface Artifact {
  /**
   * The file to use. What a cacher writes there belongs to the artifact.
   *
   * @param suffix What follows the artifact's name; the cacher's extension where it is left out.
   */
  path(suffix?: string): string;
  /**
   * A folder to use; all below it belongs to the artifact. While saving, it is there and empty.
   *
   * @param suffix What follows the artifact's name; nothing where it is left out.
   */
  dir(suffix?: string): string;
  /** JSON values kept in the metadata: filled by `save`, there again for `load`. */
  readonly extra: Record<string, unknown>;
  /** All of the metadata; there for `load`, where the artifact has any: not yet when what was just saved is read back. */
  readonly metadata?: ArtifactMetadata;
  /** The folder that holds what the stage wrote at `context.path`; cachers of paths need it. */
  readonly files?: string;
  /**
   * Reads a file of the artifact whole. There for `load` where the digest of each file is known: what is read by it is
   * checked as it is read, and need not be read again for that. {@linkcode readBytes} does without it where it is not there.
   *
   * @param path The file, as `path` gave it, or one below a folder that `dir` gave; any other is read as it is.
   * @param skip Gets the first bytes of the file, and says how many of those are left out of what is returned.
   * @returns Its bytes: all of a buffer of their own.
   * @throws A miss if they are not those that were committed.
   */
  read?(path: string, skip?: SkipHead): Awaitable<Uint8Array<ArrayBuffer>>;
  /**
   * Writes a file of the artifact whole. There for `save` where the digest of each file is taken: that of what is
   * written by it is known, and it need not be read for that. {@linkcode writeBytes} does without it where it is not
   * there.
   *
   * @param path The file, as `path` gave it, or one below a folder that `dir` gave; any other is written as it is.
   * @param data What to write.
   */
  write?(path: string, data: FileData): Awaitable<void>;
  /**
   * How the main file is compressed, for cachers of streams: set by `gzipped` and `zstd`.
   *
   * @internal
   */
  readonly packing?: Packing;
}

/** The content of a file: bytes, or a text, which is written as UTF-8, or several of these one after the other. */
export type FileData = Uint8Array | string | readonly (Uint8Array | string)[];

/**
 * Gets the first bytes of a file, the first 64 KiB or all that there are, and says how many of those are a head that is
 * to be left out of what is returned.
 */
export type SkipHead = (start: Uint8Array) => number;

/** Where an artifact lies, when that is not the usual place. Set by the combinators alone. */
export interface Placement {
  /** Folders below the cache and below a full store: `models/large`. */
  readonly subdir?: string;
  /** What the file name starts with, in place of the experiment's name. */
  readonly prefix?: string;
  /** `false`: not copied into a full store. */
  readonly tracked?: false;
  /** A template of the exact path, from the working folder. */
  readonly path?: string;
  /** A file found at `path` is taken as it is and never replaced. */
  readonly adopt?: true;
}

/**
 * How a value is saved and loaded. A plain record: write one inline, or make it with a factory.
 *
 * @typeParam T The value's type.
 *
 * @example A cacher of one's own
 * ```ts
 * import { at, type Cacher } from "@cairn/cairn";
 * import { assertEquals } from "@std/assert";
 *
 * const celsius: Cacher<number> = {
 *   extension: ".celsius",
 *   save: (value, artifact) => Deno.writeTextFile(artifact.path(), `${value} °C\n`),
 *   load: async (artifact) => parseFloat(await Deno.readTextFile(artifact.path())),
 * };
 *
 * const dir = await Deno.makeTempDir();
 * await celsius.save(21.5, at(`${dir}/room.celsius`));
 * assertEquals(await celsius.load(at(`${dir}/room.celsius`)), 21.5);
 * ```
 */
export interface Cacher<T> {
  /** What the main file's name ends with: `.json`. May be empty. */
  readonly extension: string;
  /** Writes the value where the artifact says. The same value gives the same bytes. */
  readonly save: (value: T, artifact: Artifact) => Awaitable<void>;
  /** Gives the value back. `throw miss("why")` makes the artifact a miss; any other throw is an error. */
  readonly load: (artifact: Artifact) => Awaitable<T>;
  /** What the metadata calls it; part of the key. */
  readonly kind?: string;
  /** Whether what the artifact refers to is still there. */
  readonly check?: (artifact: Artifact) => Awaitable<boolean>;
  /**
   * For cachers whose values are paths: the paths that a value holds. The files they lead to count as content:
   * they are digested, and the artifact is a hit only while they are unchanged. Later stages get what `load` gives.
   */
  readonly paths?: (value: T) => readonly string[];
  /**
   * Whether `load` gives something else than was saved, on purpose: rounded, or a copy on another device. Later stages
   * then get what `load` gives in every run. Without it a cacher of one's own that does so is an error.
   */
  readonly lossy?: boolean;
  /**
   * Whether its values are streams: iterables that `save` goes through, once, and that `load` gives so that they can be
   * gone through any number of times, each time from the file. Later stages then get what `load` gives.
   */
  readonly streams?: boolean;
  /** Set by {@linkcode lazy}: freed once saved. */
  readonly lazy?: { readonly resolve: boolean };
  /** Set by the combinators alone. */
  readonly placement?: Placement;
}

/** A cacher of any type. */
// deno-lint-ignore no-explicit-any -- the one place where a cacher of any type is meant
export type AnyCacher = Cacher<any>;
