/**
 * What lies in the metadata file beside each artifact.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";

/** One file or folder of an artifact, or one that it refers to. */
export interface FileEntry {
  /**
   * For a file of the artifact: what follows its name (`.json`, `_weights/a.bin`), a folder with a slash at the end;
   * for a file that the stage wrote: `{files}/plot.png`. For a reference: its path.
   */
  readonly path: string;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** When it was last changed, in milliseconds since 1970; 0 for a folder. */
  readonly modified: number;
  /** 64 hexadecimal digits; empty for a folder. */
  readonly sha256: string;
}

/** The run that made an artifact. */
export interface RunInfo {
  /** `penguins_3_2026-01-31T120000Z`, or null where a script made it with no run. */
  readonly reference: string | null;
  /** The command line. */
  readonly command: readonly string[];
  /** The commit that was checked out, and whether there were changes on top; null outside of git, or without leave to ask it. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  /** Versions by name: `deno`, `v8`, `typescript`, `cairn`. */
  readonly versions: Readonly<Record<string, string>>;
  /** What was given as `--notes`. */
  readonly notes: string | null;
}

/** All that the metadata file of an artifact says. */
export interface ArtifactMetadata {
  /** The version of this format. */
  readonly format: 1;
  /** The output's name; for an inline artifact its file's. */
  readonly artifact: string;
  /** The stage that made it; null for an inline artifact. */
  readonly stage: string | null;
  /** The record it was made for. */
  readonly record: string | null;
  /** The experiment it was made in. */
  readonly experiment: string | null;
  /** One execution of a stage has one id, the same in the metadata of all its outputs. */
  readonly execution: string;
  /** There where a file of the user's was taken as it was: it is never replaced. */
  readonly adopted?: true;
  /** There where the user chose its path: it lies in no cache, whatever folder that path is in. */
  readonly exact?: true;
  /** There where the artifact was not computed for this recipe, but found again under another with the same content key. */
  readonly linked?: {
    /** The recipe key that it was found under. */
    readonly recipeKey: string;
    /** The record that it was made for. */
    readonly record: string | null;
    /** The experiment that it was made in. */
    readonly experiment: string | null;
  };
  /** There where the value names files of its own stage by where they lie, so that it is of no use under another recipe. */
  readonly located?: true;
  /** SHA-256 of the recipe: what was to be done, known before anything runs. */
  readonly recipeKey: string | null;
  /** SHA-256 of the recipe with the content of each input in place of its recipe. */
  readonly contentKey: string | null;
  /** All that went into the two keys. */
  readonly recipe: JsonValue;
  /** The content digest of every artifact this one was made from, by `<first 16 of the recipe key>_<stage>_<output>`. */
  readonly ancestors: Readonly<Record<string, string>>;
  /** The record's parameters, all of them. */
  readonly params: JsonValue;
  /** SHA-256 of the parameters. */
  readonly paramsHash: string | null;
  /** The cacher's kind and extension. */
  readonly cacher: { readonly kind: string; readonly extension: string };
  /** The artifact's files and folders. */
  readonly files: readonly FileEntry[];
  /** Files elsewhere that the value refers to. */
  readonly references: readonly FileEntry[];
  /** SHA-256 over files, references and `extra`: equal where the content is. */
  readonly digest: string;
  /** When its stage began and ended (ISO 8601), and how long that took. */
  readonly times: { readonly started: string; readonly finished: string; readonly milliseconds: number };
  /** The stages before this one in the record. */
  readonly priorStages: readonly string[];
  /** The records an aggregate was made from. */
  readonly priorRecords: readonly string[];
  /** The run that made it. */
  readonly run: RunInfo;
  /** What the cacher's `save` put into `artifact.extra`. */
  readonly extra: { readonly [name: string]: JsonValue };
}
