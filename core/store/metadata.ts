/**
 * The metadata file: its text, and the seal that tells whether it is whole.
 *
 * @module
 */
import { hash } from "node:crypto";
import { existsSync } from "node:fs"; // the one call that says "not there" without an error
import type { ArtifactMetadata } from "../define/metadata.ts";
import { quote } from "../params/names.ts";
import { isAbsent } from "./disk/digest.ts";
import { isTooDeep } from "./json_depth.ts";
import { headProblem, shapeProblem } from "./metadata_shape.ts";

/** The version of the metadata's format, and of the keys. */
export const FORMAT = 1;

const SEAL = ',\n  "seal": "';
const END = '"\n}\n';
const SEAL_LENGTH = SEAL.length + 64 + END.length;

/** The part of metadata that tells whether an artifact is there and true: thousands are read before a run begins. */
export type MetadataHead = Pick<
  ArtifactMetadata,
  | "format"
  | "artifact"
  | "stage"
  | "execution"
  | "adopted"
  | "exact"
  | "located"
  | "recipeKey"
  | "contentKey"
  | "digest"
  | "files"
  | "references"
  | "ancestors"
  | "times"
>;

/** The fields of the head in their order, and the one that follows them. */
const ORDER: Readonly<Record<keyof MetadataHead | "record", undefined>> = {
  format: undefined,
  artifact: undefined,
  stage: undefined,
  execution: undefined,
  adopted: undefined,
  exact: undefined,
  located: undefined,
  recipeKey: undefined,
  contentKey: undefined,
  digest: undefined,
  files: undefined,
  references: undefined,
  ancestors: undefined,
  times: undefined,
  record: undefined,
};

/** Where the head ends: at the beginning of a line, which no text in JSON can hold. */
const REST = ',\n  "record": ';

/**
 * Metadata as the text of its file.
 *
 * What a lookup needs comes first. The last line is a seal over all before it: a byte that changed makes the file
 * invalid, and so the artifact a miss.
 *
 * @param metadata The metadata.
 * @returns Indented JSON.
 */
export function metadataText(metadata: ArtifactMetadata): string {
  const body = JSON.stringify({ ...ORDER, ...metadata }, null, 2);
  return body.slice(0, -2) + SEAL + sha256(body) + END;
}

/** As long as a text can be, and longer than any metadata is. */
const LARGEST = 0x1fffffe8;

/** Whether the last file that was looked for was there. */
let wasThere = false;

/** Metadata, or why there is none. */
export type MetadataResult<M = ArtifactMetadata> =
  | { readonly metadata: M }
  | { readonly absent: true }
  | { readonly damaged: string };

/**
 * Reads a metadata file.
 *
 * @param path The file.
 * @returns The metadata, or that there is no such file, or what is wrong with it.
 * @throws What the file system throws, unless that nothing lies there.
 */
export function readMetadataFile(path: string): MetadataResult {
  return readText(path, parseMetadata);
}

/**
 * Reads what of a metadata file tells whether the artifact is there. The seal is that of the whole file; of what Cairn
 * did not write but only sealed, the rest may be of any shape: {@linkcode readMetadataFile} looks at that as well.
 *
 * @param path The file.
 * @returns The head, or that there is no such file, or what is wrong with it.
 * @throws What the file system throws, unless that nothing lies there.
 */
export function readMetadataHead(path: string): MetadataResult<MetadataHead> {
  return readText(path, parseHead);
}

function readText<M>(path: string, parse: (text: string) => MetadataResult<M>): MetadataResult<M> {
  // What was so for the last is mostly so for the next. Where there is nothing, an error that is thrown and caught costs
  // twice this look; where there is something, the look is for nothing.
  if (!wasThere && !existsSync(path)) return { absent: true };
  try {
    const { isFile, isDirectory, isSymlink, size } = Deno.lstatSync(path);
    wasThere = true;
    // A link may lead anywhere, and a pipe would be waited for.
    if (!isFile) {
      if (isSymlink && !existsSync(path)) return { absent: true }; // as the look above has it
      return { damaged: `the metadata is ${isDirectory ? "a folder" : isSymlink ? "a link" : "no file"}` };
    }
    if (size > LARGEST) return { damaged: `the metadata is ${size} bytes long, which no text can be` };
    return parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (!isAbsent(error)) throw error;
    wasThere = false;
    return { absent: true };
  }
}

/**
 * Reads the text of a metadata file.
 *
 * @param text The text.
 * @returns The metadata, or what is wrong with it.
 */
export function parseMetadata(text: string): MetadataResult {
  const body = sealedBody(text);
  return body === undefined ? BROKEN : parseBody(body, shapeProblem);
}

function parseHead(text: string): MetadataResult<MetadataHead> {
  const body = sealedBody(text);
  if (body === undefined) return BROKEN;
  const head = parseBody<MetadataHead>(`${body.slice(0, body.indexOf(REST))}\n}`, headProblem);
  // Where the fields are in another order, it is somewhere in the whole.
  return "metadata" in head ? head : parseBody(body, headProblem);
}

const BROKEN = { damaged: "the metadata is cut short, or was changed" };

/** The text without its seal; undefined where that is another. */
function sealedBody(text: string): string | undefined {
  const body = `${text.slice(0, -SEAL_LENGTH)}\n}`;
  const seal = text.slice(-SEAL_LENGTH);
  return seal === SEAL + sha256(body) + END ? body : undefined;
}

/** The fields are as the problem has them, where there is none. */
function parseBody<M extends MetadataHead>(
  body: string,
  problemOf: (metadata: unknown) => string | undefined,
): MetadataResult<M> {
  const metadata = parseJson(body) as M | undefined;
  if (typeof metadata !== "object" || metadata === null) return { damaged: "the metadata is no object" };
  if (metadata.format !== FORMAT) {
    return { damaged: `the metadata has format ${quote(metadata.format)}, wanted ${FORMAT}` };
  }
  const problem = problemOf(metadata) ??
    (isTooDeep(body) ? "the metadata is nested too deeply" : undefined);
  return problem === undefined ? { metadata } : { damaged: problem };
}

/** Whoever wrote it could seal what is no JSON, too. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
