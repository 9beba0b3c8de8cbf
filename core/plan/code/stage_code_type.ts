/**
 * What the code of a stage is, as it enters keys and as people see it.
 *
 * @module
 */
import type { Digest } from "../../params/canonical.ts";

/** The code of one stage. */
export interface StageCode {
  /** What it was found by: the module of the experiment or of a script, the text of `run`, or its version. */
  readonly by: "experiment-module" | "script-module" | "text" | "version";
  /** The only part that enters keys. */
  readonly digest: Digest;
  /** What it reaches: by file, relative to the project, then by name, the beginning of a digest. */
  readonly declarations: { readonly [file: string]: { readonly [name: string]: string } };
  /** The packages that it reaches: `npm:valibot` and its version. */
  readonly packages: { readonly [specifier: string]: string };
  /** What the key does not know of. */
  readonly warnings: readonly string[];
}
