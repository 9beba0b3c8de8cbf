/**
 * Files of the user's that are taken as they are: `atPath(..., { adopt: true })`.
 *
 * @module
 */
import { join } from "@std/path";
import type { ArtifactMetadata } from "../define/metadata.ts";
import { contentDigest, describeFiles } from "./disk/digest.ts";
import { noRun } from "./environment.ts";
import { FORMAT, metadataText, readMetadataFile } from "./metadata.ts";
import { move } from "./disk/move.ts";
import { type ArtifactSpec, fileAt, metadataAt, type Place } from "./place.ts";

/**
 * Metadata for a file that Cairn did not write, digested afresh.
 *
 * @param place Where the file lies.
 * @param spec The artifact that it stands for.
 * @returns Metadata that says it was adopted; it names no recipe, since none made it.
 */
export function adoptedMetadata(place: Place, spec: ArtifactSpec): ArtifactMetadata {
  const files = describeFiles(fileAt(place), place.main);
  return {
    format: FORMAT,
    artifact: spec.output,
    stage: spec.stage,
    record: null,
    experiment: spec.experiment,
    execution: "adopted",
    adopted: true,
    recipeKey: null,
    contentKey: null,
    recipe: null,
    ancestors: {},
    params: null,
    paramsHash: null,
    cacher: { kind: spec.cacher.kind ?? "custom", extension: spec.cacher.extension },
    files,
    references: [],
    digest: contentDigest(files, [], {}),
    times: { started: "", finished: "", milliseconds: 0 },
    priorStages: [],
    priorRecords: [],
    run: noRun,
    extra: {},
  };
}

/**
 * Keeps the digest of an adopted file beside it, so that it is taken again only when the file changes. A file of the
 * user's by the metadata's name stays: then the digest is kept nowhere.
 *
 * @param place Where the file lies.
 * @param spec The artifact that it stands for.
 * @param staging The staging folder of this process.
 */
export function writeAdoption(place: Place, spec: ArtifactSpec, staging: string): void {
  const path = metadataAt(place);
  const old = readMetadataFile(path);
  if ("damaged" in old || "metadata" in old && !isOf(place, old.metadata)) return;
  // By rename: one that is not whole would not be ours.
  const staged = join(staging, `adopted-${crypto.randomUUID()}.json`);
  Deno.writeTextFileSync(staged, metadataText(adoptedMetadata(place, spec)));
  move(staged, path);
}

/** Two files that differ in their extension alone have one name for their metadata. */
function isOf(place: Place, { files }: ArtifactMetadata): boolean {
  return files.some(({ path }) => path === place.main);
}
