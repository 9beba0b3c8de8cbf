/**
 * Runs of the experiment of these tests, in the working folder.
 *
 * @module
 */
import { walkSync } from "@std/fs";
import { valueOf } from "../../core/run/record.ts";
import type { RunResult } from "../../core/run/results.ts";
import { runExperiment } from "../../core/run/run_experiment.ts";
import type { RunOptions } from "../../core/run/run_options.ts";
import whole from "./fixtures/whole.ts";

/** The module of the experiment. */
export const MODULE: string = new URL("./fixtures/whole.ts", import.meta.url).pathname;

/** Where it writes. */
export const PLACES: readonly string[] = ["data", "raw"];

/** Runs it; warnings go nowhere. */
export async function runWhole(options: RunOptions = {}): Promise<RunResult> {
  return await runExperiment(whole, { module: `file://${MODULE}`, warn: () => {}, ...options });
}

/** All values of a run, as its user reads them. */
export async function valuesOf({ records, aggregates }: RunResult): Promise<unknown> {
  const values: Record<string, unknown> = {};
  for (const record of records) {
    for (const { description: { name, outputs } } of whole.procedures[0]!.stages) {
      for (const output of Object.keys(outputs)) {
        const value = await valueOf(record, output);
        const isPath = output === "picture" || output === "parts";
        values[`${record.name}/${name}/${output}`] = isPath ? contentsOf(value) : value;
      }
    }
  }
  for (const record of aggregates) values.table = await valueOf(record, "table");
  return values;
}

/** A path tells nothing of what lies there. */
function contentsOf(value: unknown): string[] {
  return [value].flat().map((path) => Deno.readTextFileSync(path as string));
}

/** The files below a folder, sorted. */
export function filesBelow(place: string): string[] {
  return [...walkSync(place, { includeDirs: false })].map(({ path }) => path).sort();
}

/** Copies folders into another, with times of change, and with what is one file under two names. */
export function copyAll(from: readonly string[], to: string): void {
  const { success } = new Deno.Command("cp", { args: ["-a", ...from, to] }).outputSync();
  if (!success) throw new Error(`Cannot copy ${from.join(", ")}`);
}
