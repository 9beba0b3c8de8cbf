/**
 * What a past run tells, with the metadata of its artifacts as far as that is still there.
 *
 * @module
 */
import { join } from "@std/path";
import { oneLine, quote } from "../params/names.ts";
import { messageOf } from "../params/paths.ts";
import { type JsonObject, objectOf } from "../plan/recipe_parts.ts";
import { fullStoreOf } from "../store/full_store.ts";
import { isTooDeep } from "../store/json_depth.ts";
import { isLink } from "../store/symbolic_links.ts";
import { type FoundMetadata, metadataIn, readBeside, readFound } from "./artifact_files.ts";
import { type ToldStage, toldStages } from "./told_stages.ts";

/** A past run. */
export interface ToldRun {
  readonly reference: string;
  /** What its `run.json` says. */
  readonly document: JsonObject;
  readonly stages: readonly ToldStage[];
  /** The metadata of an output as that run left it; undefined where it is gone, or was made anew since. */
  readonly metadataOf: (stage: ToldStage, output: string) => FoundMetadata | undefined;
}

/**
 * Reads a past run.
 *
 * @param dir The workspace.
 * @param reference The run.
 * @returns What it tells.
 * @throws {TypeError} If its `run.json` can't be read.
 */
export function readToldRun(dir: string, reference: string): ToldRun {
  const folder = join(dir, "runs", reference);
  const document = readDocument(reference, join(folder, "run.json"));
  const stored = namesIn(fullStoreOf(folder));
  const cached = namesIn(join(dir, "cache"));
  const { finished } = document;
  const isItsOwn = ({ metadata }: FoundMetadata, { key }: ToldStage) =>
    metadata.recipeKey === key && !(typeof finished === "string" && metadata.times?.finished > finished);
  const metadataOf = (stage: ToldStage, output: string) => {
    const name = `${stage.key.slice(0, 16)}_${stage.stage}_${output}`;
    const path = Object.hasOwn(stage.artifacts, output) ? stage.artifacts[output] : undefined;
    const found = [
      ...(stored.get(name) ?? []).map(readFound),
      path === undefined ? undefined : readBeside(path),
      ...(cached.get(name) ?? []).map(readFound), // the workspace may lie elsewhere by now
    ];
    return found.find((each) => each !== undefined && isItsOwn(each, stage));
  };
  return { reference, document, stages: toldStages(document), metadataOf };
}

function readDocument(reference: string, path: string): JsonObject {
  try {
    if (isLink(path)) throw new Error("its run.json is a link");
    const text = Deno.readTextFileSync(path);
    const document = objectOf(JSON.parse(text));
    if (isTooDeep(text)) throw new Error("its run.json is nested too deeply");
    return document;
  } catch (error) {
    throw new TypeError(
      `Cannot read run ${quote(reference)}: ${
        oneLine(messageOf(error))
      }; a run that was killed at once leaves no run.json`,
      { cause: error },
    );
  }
}

/** Metadata files by `<key>_<stage>_<output>`. */
function namesIn(folder: string): ReadonlyMap<string, readonly string[]> {
  const names = Map.groupBy(metadataIn(folder), ({ key, rest }) => `${key}_${rest}`);
  return new Map([...names].map(([name, files]) => [name, files.map(({ path }) => path)]));
}
