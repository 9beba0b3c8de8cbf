/**
 * Twins: artifacts that were computed from the same content under another recipe.
 *
 * @module
 */
import type { ArtifactMetadata } from "../define/metadata.ts";
import type { Digest } from "../params/canonical.ts";
import { ageProblem } from "../plan/staleness.ts";
import type { Task } from "../plan/task.ts";
import type { Twin } from "../store/content_index.ts";
import { leadsOut } from "../store/symbolic_links.ts";
import { type Found, lookupArtifact, placeOf } from "../store/lookup.ts";
import { readMetadataFile } from "../store/metadata.ts";
import { type ArtifactSpec, artifactSpec, metadataAt, type Place } from "../store/place.ts";
import type { Engine } from "./engine_state.ts";

/** What it takes to look: an engine, or a plan that is made without one. */
export type Looking = Pick<Engine, "workspace" | "content" | "now" | "made">;

/** Artifacts with the content key that was looked for. */
export interface FoundTwin {
  /** The recipe that they were computed for. */
  readonly recipeKey: Digest;
  /** Their content digests, by output. */
  readonly digests: ReadonlyMap<string, Digest>;
  readonly artifacts: ReadonlyMap<string, { readonly place: Place; readonly metadata: ArtifactMetadata }>;
}

/**
 * Finds artifacts with a content key.
 *
 * @param looking Where to look.
 * @param task The task that they are to stand for.
 * @param contentKey The content key.
 * @returns All outputs of one execution; undefined where there is none that is whole.
 */
export async function findTwin(
  looking: Looking,
  task: Task,
  contentKey: Digest,
): Promise<FoundTwin | undefined> {
  // What was computed in this run is the newest there is.
  const made = looking.made.get(contentKey);
  const twins = looking.content.find(contentKey);
  for (const twin of made === undefined ? twins : twins.filter(({ recipeKey }) => recipeKey === made)) {
    const found = await examineTwin(looking, task, contentKey, twin);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function examineTwin(
  { workspace, now, made }: Looking,
  task: Task,
  contentKey: Digest,
  twin: Twin,
): Promise<FoundTwin | undefined> {
  const artifacts = new Map<string, { place: Place; metadata: ArtifactMetadata }>();
  const digests = new Map<string, Digest>();
  const lookups: (Found | undefined)[] = [];
  for (const { name, spec } of task.outputs) {
    if (spec === undefined) {
      lookups.push(undefined);
      continue;
    }
    const other = specOf(spec, name, twin);
    if (leadsOut(workspace, other.cacher.placement?.subdir ?? "")) return undefined;
    const lookup = await lookupArtifact(workspace, other);
    if (lookup.state !== "found" || lookup.contentKey !== contentKey) return undefined;
    const place = placeOf(workspace, other, lookup.where);
    const read = readMetadataFile(metadataAt(place));
    if (!("metadata" in read) || read.metadata.located) return undefined;
    artifacts.set(name, { place, metadata: read.metadata });
    digests.set(name, lookup.digest);
    lookups.push(lookup);
  }
  const executions = new Set([...artifacts.values()].map(({ metadata }) => metadata.execution));
  const isOld = ageProblem(task, lookups, now) !== undefined && !made.has(contentKey);
  if (executions.size !== 1 || isOld) return undefined;
  return { recipeKey: twin.recipeKey, digests, artifacts };
}

/** The artifact of another recipe, where it lay when it was made. */
function specOf(spec: ArtifactSpec, name: string, { recipeKey, subdirs }: Twin): ArtifactSpec {
  const { subdir: _, ...placement } = spec.cacher.placement ?? {};
  const subdir = Object.hasOwn(subdirs, name) ? subdirs[name]! : "";
  return artifactSpec({
    ...spec,
    recipeKey,
    cacher: { ...spec.cacher, placement: subdir === "" ? placement : { ...placement, subdir } },
  });
}
