/** What the tests of plan, run and cli share: loosely typed stages, temporary folders, what lies on disk. */
import { join, relative } from "@std/path";
import { walkSync } from "@std/fs";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { type AnyAggregate, defineAggregate } from "../../../core/define/aggregate.ts";
import type { StageContext } from "../../../core/define/context.ts";
import type { StageOptions } from "../../../core/define/stage_options.ts";
import { defineExperiment, type Experiment } from "../../../core/define/experiment.ts";
import type { Outputs } from "../../../core/define/output.ts";
import { type AnyStage, defineStage } from "../../../core/define/stage.ts";
import type { RunEvent } from "../../../core/run/events.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";

/** A state as `run` gets it, of no type in particular. */
// deno-lint-ignore no-explicit-any -- stages here are made in loops, as JavaScript makes them
export type Loose = Record<string, any>;

/** What a stage of these tests may say of itself. */
// deno-lint-ignore no-explicit-any -- the parameters of a stage of any type
export interface LooseStage extends StageOptions<any> {
  readonly inputs?: readonly string[];
  readonly optional?: readonly string[];
  readonly params?: readonly string[];
  readonly outputs?: Outputs;
  readonly version?: string;
  readonly concurrency?: number;
  readonly partial?: boolean;
}

/** A stage with the runtime's checks alone; its one output bears its name unless it says otherwise. */
export function stage(
  name: string,
  spec: LooseStage,
  run: (state: Loose, context: StageContext) => unknown,
): AnyStage {
  return defineStage(
    { name, outputs: { [name]: jsonCacher() }, ...spec, run } as never,
  ) as unknown as AnyStage;
}

/** An aggregate likewise. */
export function aggregate(
  name: string,
  spec: LooseStage,
  run: (states: readonly Loose[], context: StageContext) => unknown,
): AnyAggregate {
  return defineAggregate(
    { name, outputs: { [name]: jsonCacher() }, ...spec, run } as never,
  ) as unknown as AnyAggregate;
}

/** An experiment likewise. */
export function experiment(spec: {
  readonly name?: string;
  readonly params?: unknown;
  readonly stages?: readonly AnyStage[];
  readonly procedures?: readonly { name: string; stages: readonly AnyStage[]; params?: unknown }[];
  readonly aggregates?: readonly AnyAggregate[];
  readonly hash?: unknown;
}): Experiment {
  return defineExperiment({ name: "exp", ...spec } as never);
}

/** A test with a temporary folder of its own. */
export function testIn(name: string, body: (dir: string) => Promise<void> | void): void {
  Deno.test(name, () => withTempDir(body));
}

/** All files below a folder, by relative name, as text; an absent folder has none. */
export function filesBelow(folder: string): Record<string, string> {
  try {
    Deno.lstatSync(folder);
  } catch {
    return {};
  }
  const entries = [...walkSync(folder, { includeDirs: false })].map(({ path }): [string, string] => [
    relative(folder, path).replaceAll("\\", "/"),
    new TextDecoder("latin1").decode(Deno.readFileSync(path)),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

/** The artifacts of a cache without their metadata, which holds times: names and bytes. */
export function artifactsBelow(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filesBelow(folder)).filter(([name]) =>
      !name.endsWith("_metadata.json") && !name.startsWith(".cairn/")
    ),
  );
}

/** The one file in the cache whose name has a part. */
export function artifactPath(dir: string, part: string): string {
  const names = Object.keys(artifactsBelow(join(dir, "cache"))).filter((name) => name.includes(part));
  if (names.length !== 1) throw new Error(`Cannot tell which is ${part}: ${names.join(", ") || "none"}`);
  return join(dir, "cache", names[0]!);
}

/** Removes the artifacts whose names have a part, with their metadata. */
export function removeArtifacts(dir: string, part: string): void {
  const names = Object.keys(filesBelow(join(dir, "cache"))).filter((name) =>
    name.includes(part) && !name.startsWith(".cairn/")
  );
  if (names.length === 0) throw new Error(`Cannot remove ${part}: there is no such artifact`);
  for (const name of names) Deno.removeSync(join(dir, "cache", name));
}

/** Changes one byte of a file, and lets its size and its time be as they were. */
export function flipByte(path: string, at = 0): void {
  const { mtime, atime } = Deno.statSync(path);
  const bytes = Deno.readFileSync(path);
  bytes[at] = bytes[at]! ^ 1;
  Deno.writeFileSync(path, bytes);
  Deno.utimeSync(path, atime ?? mtime!, mtime!);
}

/** Collects events, and the warnings among them. */
export function collect(): {
  readonly onEvent: (event: RunEvent) => void;
  events: RunEvent[];
  warnings: string[];
} {
  const events: RunEvent[] = [];
  const warnings: string[] = [];
  const onEvent = (event: RunEvent) => {
    events.push(event);
    if (event.type === "warning") warnings.push(event.message);
  };
  return { onEvent, events, warnings };
}

/** The verdicts of a record's stages, by stage. */
export function verdictsOf(
  record: { readonly stages: readonly { readonly stage: string; readonly verdict: string }[] },
): Record<string, string> {
  return Object.fromEntries(record.stages.map(({ stage, verdict }) => [stage, verdict]));
}

/** Something that tests wait for and stages open. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
