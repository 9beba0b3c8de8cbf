/**
 * The code of a stage where nothing more is known of it than its functions.
 *
 * @module
 */
import type { AggregateDescription } from "../../define/aggregate.ts";
import { isTransient, type Outputs } from "../../define/output.ts";
import { customSave } from "../../define/own_save.ts";
import type { StageDescription } from "../../define/stage.ts";
import { canonicalDigest } from "../../params/canonical.ts";
import type { StageCode } from "./stage_code_type.ts";

/** A function of any type. */
// deno-lint-ignore no-explicit-any -- only its text is read
export type AnyFunction = (...args: any[]) => unknown;

/**
 * The code of a stage by the text of its functions: `run`, and `save` of each cacher that is not Cairn's own. Where it
 * has a version, that takes their place.
 *
 * @param description The stage or aggregate.
 * @param warnings What its key does not know of.
 * @param nth How many stages before it can't be told from it.
 * @returns Its code.
 */
export function textCode(
  { version, run, outputs }: StageDescription | AggregateDescription,
  warnings: readonly string[] = [],
  nth = 0,
): StageCode {
  const nothing = { declarations: {}, packages: {} };
  if (version !== undefined) {
    return { by: "version", digest: canonicalDigest(["version", version]), ...nothing, warnings: [] };
  }
  const saves = Object.fromEntries(customSaves(outputs).map(([name, save]) => [name, sourceOf(save)]));
  return { by: "text", digest: canonicalDigest(["text", sourceOf(run), saves, nth]), ...nothing, warnings };
}

/**
 * The outputs whose cachers are not Cairn's own, with what saves them: seen through what Cairn wraps round it.
 *
 * @param outputs The outputs of a stage.
 * @returns Their names and functions.
 */
export function customSaves(outputs: Outputs): readonly (readonly [string, AnyFunction])[] {
  return Object.entries(outputs).flatMap(([name, output]) => {
    const save = isTransient(output) ? undefined : customSave(output.save);
    return save === undefined ? [] : [[name, save] as const];
  });
}

/**
 * A function as it shows itself.
 *
 * @param value The function.
 * @returns Its source, without types.
 */
export function sourceOf(value: AnyFunction): string {
  return Function.prototype.toString.call(value);
}
