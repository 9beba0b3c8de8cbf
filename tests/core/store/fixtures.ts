/**
 * What the tests of the store share: a workspace, an artifact, a cacher of several files.
 *
 * @module
 */
import { ensureDirSync } from "@std/fs";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import type { Cacher } from "../../../core/define/cacher.ts";
import type { ArtifactMetadata } from "../../../core/define/metadata.ts";
import { type Commit, commitAll } from "../../../core/store/commit.ts";
import { noRun } from "../../../core/store/environment.ts";
import { type Lookup, lookupArtifact, targetPlace } from "../../../core/store/lookup.ts";
import { FORMAT } from "../../../core/store/metadata.ts";
import { type ArtifactSpec, artifactSpec, exactPath, placeBelow } from "../../../core/store/place.ts";
import { digestOf, saveValue } from "../../../core/store/save.ts";
import { closeStaging, openWorkspace, stagingOf, type Workspace } from "../../../core/store/workspace.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

/** A workspace in a temporary folder, and the warnings that it gave. */
export interface Room {
  readonly dir: string;
  readonly workspace: Workspace;
  readonly warnings: string[];
}

/** Runs a test in a workspace of its own. */
export async function withWorkspace<T>(use: (room: Room) => Promise<T> | T): Promise<T> {
  return await withTempDir(async (dir) => {
    const warnings: string[] = [];
    const workspace = openWorkspace({
      dir: `${dir}/data`,
      experiment: "exp",
      warn: (message) => warnings.push(message),
    });
    try {
      return await use({ dir, workspace, warnings });
    } finally {
      closeStaging(workspace);
    }
  });
}

/** An artifact. */
export function specOf(changes: Partial<ArtifactSpec> = {}): ArtifactSpec {
  return artifactSpec({
    experiment: "exp",
    prefix: "exp",
    stage: "fit",
    output: "model",
    recipeKey: "0123456789abcdef".repeat(4),
    params: {},
    cacher: jsonCacher(),
    ...changes,
  });
}

/** Saves a value into staging, ready to be committed. */
export async function prepare(
  workspace: Workspace,
  spec: ArtifactSpec,
  value: unknown,
  execution = "first",
): Promise<Commit> {
  const exact = exactPath(spec, workspace.cache);
  const staged = placeBelow(stagingOf(workspace), spec, exact);
  ensureDirSync(staged.dir);
  const saved = await saveValue(staged, spec.cacher, value, "the value");
  const metadata: ArtifactMetadata = {
    format: FORMAT,
    artifact: spec.output,
    stage: spec.stage,
    record: "a",
    experiment: spec.experiment,
    execution,
    recipeKey: spec.recipeKey,
    contentKey: "c".repeat(64),
    recipe: null,
    ancestors: {},
    params: {},
    paramsHash: null,
    cacher: { kind: spec.cacher.kind ?? "custom", extension: spec.cacher.extension },
    files: saved.files,
    references: saved.references,
    digest: digestOf(saved),
    times: { started: "", finished: "", milliseconds: 0 },
    priorStages: [],
    priorRecords: [],
    run: noRun,
    extra: saved.extra,
  };
  return {
    saved,
    metadata,
    place: targetPlace(workspace, spec),
    exact: exact !== undefined && workspace.dry === "no",
  };
}

/** Saves and commits a value. */
export async function put(
  workspace: Workspace,
  spec: ArtifactSpec,
  value: unknown,
  execution = "first",
): Promise<Commit> {
  const commit = await prepare(workspace, spec, value, execution);
  commitAll([commit]);
  return commit;
}

/** A lookup's state and reason. */
export async function stateOf(workspace: Workspace, spec: ArtifactSpec): Promise<Lookup["state"]> {
  return (await lookupArtifact(workspace, spec)).state;
}

/** Keeps a text in two files and a folder, so that a mixture of two values is seen: it loads the three texts. */
export const threefold: Cacher<string> = {
  extension: ".txt",
  kind: "threefold",
  save: (value, artifact) => {
    Deno.writeTextFileSync(artifact.path(), value);
    Deno.writeTextFileSync(artifact.path("_part.bin"), value);
    Deno.mkdirSync(`${artifact.dir("_more")}/deep`);
    Deno.writeTextFileSync(`${artifact.dir("_more")}/deep/${value}.txt`, value);
    artifact.extra.value = value;
  },
  load: (artifact) => {
    const more = `${artifact.dir("_more")}/deep`;
    const texts = [
      Deno.readTextFileSync(artifact.path()),
      Deno.readTextFileSync(artifact.path("_part.bin")),
      ...[...Deno.readDirSync(more)].map(({ name }) => Deno.readTextFileSync(`${more}/${name}`)),
      String(artifact.extra.value),
    ];
    return [...new Set(texts)].join("+");
  },
};

/** Changes one byte of a file; its size and time of change stay as they were. */
export function corrupt(path: string, at = 0): void {
  const { atime, mtime } = Deno.statSync(path);
  const bytes = Deno.readFileSync(path);
  bytes[at] = bytes[at]! ^ 1;
  Deno.writeFileSync(path, bytes);
  Deno.utimeSync(path, atime ?? mtime!, mtime!);
}

/** Gives a file another time of change. */
export function touch(path: string): void {
  Deno.utimeSync(path, 1_000_000, 1_000_000);
}
