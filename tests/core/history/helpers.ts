/** Metadata written by hand, and plans made up. */
import { dirname } from "@std/path";
import type { ArtifactMetadata } from "../../../core/define/metadata.ts";
import type { JsonValue } from "../../../core/params/describe.ts";
import type { FoundMetadata } from "../../../core/history/artifact_files.ts";
import type { EarlierArtifacts } from "../../../core/history/earlier.ts";
import type { PlanDetail } from "../../../core/run/plan_experiment.ts";
import { metadataText } from "../../../core/store/metadata.ts";

/** The metadata of an artifact of stage "fit" in experiment "exp", but for some of its fields. */
export function metadata(fields: Partial<ArtifactMetadata> = {}): ArtifactMetadata {
  return {
    format: 1,
    artifact: "model",
    stage: "fit",
    record: "a",
    experiment: "exp",
    execution: "execution",
    recipeKey: key("0"),
    contentKey: null,
    recipe: { params: {} },
    ancestors: {},
    params: {},
    paramsHash: null,
    cacher: { kind: "json", extension: ".json" },
    files: [],
    references: [],
    digest: "digest",
    times: { started: "2026-01-01T00:00:00.000Z", finished: "2026-01-01T00:00:01.000Z", milliseconds: 1000 },
    priorStages: [],
    priorRecords: [],
    run: { reference: null, command: [], git: null, versions: {}, notes: null },
    extra: {},
    ...fields,
  };
}

/** A key of 64 digits that begins with some. */
export function key(digits: string): string {
  return digits.padEnd(64, "0");
}

/** Writes a metadata file. */
export function writeMetadata(path: string, fields: Partial<ArtifactMetadata> = {}): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, metadataText(metadata(fields)));
}

/** Where the metadata of an artifact of a cache lies. */
export function cached(cache: string, recipeKey: string, name = "fit_model", prefix = "exp"): string {
  return `${cache}/${prefix}_${recipeKey.slice(0, 16)}_${name}_metadata.json`;
}

/** A stage of a plan: "fit" of record "a", which runs, but for some of its fields. */
export function planned(fields: Partial<PlanDetail> = {}): PlanDetail {
  return {
    procedure: null,
    record: "a",
    stage: "fit",
    verdict: "execute",
    reason: 'output "model": not in the cache',
    key: key("f"),
    recipe: { params: {} },
    waitsFor: [],
    forced: false,
    artifacts: { model: "somewhere/model.json" },
    ...fields,
  };
}

/** An artifact as it is found. */
export function found(recipe: JsonValue, fields: Partial<ArtifactMetadata> = {}): FoundMetadata {
  return { path: "cache/earlier.json", metadata: metadata({ recipe, ...fields }) };
}

/** What is known of the past, by stage, and artifacts by key. */
export function past(
  of: Readonly<Record<string, ReturnType<EarlierArtifacts["of"]>>>,
  withKey: Readonly<Record<string, FoundMetadata>> = {},
): EarlierArtifacts {
  return {
    of: ({ stage }) => of[stage] ?? {},
    withKey: (_stage, key) => withKey[key],
  };
}
