/**
 * The metadata file: its text, and the seal that tells whether it is whole.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs"; // the one call that says "not there" without an error
import type { ArtifactMetadata, FileEntry } from "../define/metadata.ts";
import { isAbsent } from "./digest.ts";
import { isOwnEntry } from "./place.ts";

/** The version of the metadata's format, and of the keys. */
export const FORMAT = 1;

const SEAL = ',\n  "seal": "';
const END = '"\n}\n';
const SEAL_LENGTH = SEAL.length + 64 + END.length;

/**
 * Metadata as the text of its file.
 *
 * The last line is a seal over all before it: a byte that changed makes the file invalid, and so the artifact a miss.
 *
 * @param metadata The metadata.
 * @returns Indented JSON.
 */
export function metadataText(metadata: ArtifactMetadata): string {
  const body = JSON.stringify(metadata, null, 2);
  return body.slice(0, -2) + SEAL + sha256(body) + END;
}

/** Metadata, or why there is none. */
export type MetadataResult =
  | { readonly metadata: ArtifactMetadata }
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
  // Most lookups of a first run find nothing, and an error that is thrown and caught costs ten times this.
  if (!existsSync(path)) return { absent: true };
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (isAbsent(error)) return { absent: true };
    if (error instanceof Deno.errors.IsADirectory || Deno.lstatSync(path).isDirectory) {
      return { damaged: "the metadata is a folder" };
    }
    throw error;
  }
  return parseMetadata(text);
}

/**
 * Reads the text of a metadata file.
 *
 * @param text The text.
 * @returns The metadata, or what is wrong with it.
 */
export function parseMetadata(text: string): MetadataResult {
  const body = `${text.slice(0, -SEAL_LENGTH)}\n}`;
  const seal = text.slice(-SEAL_LENGTH);
  if (seal !== SEAL + sha256(body) + END) return { damaged: "the metadata is cut short, or was changed" };
  const metadata = JSON.parse(body) as ArtifactMetadata;
  if (typeof metadata !== "object" || metadata === null) return { damaged: "the metadata is no object" };
  if (metadata.format !== FORMAT) {
    return { damaged: `the metadata has format ${String(metadata.format)}, wanted ${FORMAT}` };
  }
  if (!hasShape(metadata)) return { damaged: "the metadata lacks what belongs to it" };
  // Whoever wrote it could seal it too: nothing in it may lead out of the artifact.
  if (!metadata.files.every(({ path }) => isOwnEntry(path))) {
    return { damaged: "the metadata names files outside of the artifact" };
  }
  return { metadata };
}

/** Whoever wrote it could seal anything. */
function hasShape({ files, references, ancestors, extra, digest, execution }: ArtifactMetadata): boolean {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isEntry = (entry: FileEntry) => typeof entry?.path === "string" && typeof entry.sha256 === "string";
  return [files, references].every((entries) => Array.isArray(entries) && entries.every(isEntry)) &&
    isObject(ancestors) && isObject(extra) && typeof digest === "string" && typeof execution === "string";
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
