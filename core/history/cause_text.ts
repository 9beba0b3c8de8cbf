/**
 * Why a stage runs, where inputs make it: in words.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { Change } from "../plan/changes.ts";
import { changeText } from "../plan/change_text.ts";
import type { Origins } from "./origins.ts";

/** An input that may come out different, as its stage runs, or one before it. */
export interface Upstream {
  /** The record, for an aggregate. */
  readonly record: string | null;
  readonly input: string;
  /** The stage that produces it. */
  readonly stage: string;
  /** The stage that runs: that one, or one before it. */
  readonly runs: string;
  /** Why that runs, in words. */
  readonly because: readonly string[];
}

/**
 * Several texts as one, cut after the first few.
 *
 * @param texts The texts.
 * @param most How many are shown.
 * @param between What stands between them.
 * @returns One line.
 */
export function severalTexts(texts: readonly string[], most: number, between: string): string {
  const shown = texts.length <= most + 1 ? texts : texts.slice(0, most); // one more is told as it is
  const more = texts.length - shown.length;
  return shown.join(between) +
    (more > 0 ? `${between === " and " ? "" : between.trimEnd()} and ${more} more` : "");
}

/**
 * What a stage waits for in words: one text for all records of an aggregate to which the same applies.
 *
 * @param upstream Its inputs that may come out different.
 * @returns One line each.
 */
export function upstreamTexts(upstream: readonly Upstream[]): readonly string[] {
  const alike = ({ input, stage, runs, because }: Upstream) => JSON.stringify([input, stage, runs, because]);
  return [...Map.groupBy(upstream, alike).values()].map((group) => {
    const { record, input, stage, runs, because } = group[0]!;
    const some = group.length === 1 ? `record ${quote(record)}` : `${group.length} records`;
    const producer = `input ${quote(input)}${record === null ? "" : ` of ${some}`}: stage ${quote(stage)}`;
    const running = stage === runs ? "runs" : `waits for stage ${quote(runs)}, which runs`;
    return `${producer} ${running}, because ${severalTexts(because, 2, " and ")}`;
  });
}

/**
 * Whether a change is one of what other stages made.
 *
 * @param change The change.
 * @returns Whether it is one of an input, or of a record of an aggregate whose inputs differ.
 */
export function isOfInputs(change: Change): boolean {
  return change.what === "input" ||
    change.what === "record" && change.how === "changed" && change.changes.some(isOfInputs);
}

/**
 * Inputs that differ in words, with what made them differ.
 *
 * @param changes The changes of a stage; those that are not of inputs are left out.
 * @param upstream Inputs that are told already, as something before them runs.
 * @param origins Tells what made an input differ.
 * @returns One line each.
 */
export function inputTexts(
  changes: readonly Change[],
  upstream: readonly Upstream[],
  origins: Origins,
): readonly string[] {
  const told = new Set(upstream.map(({ record, input }) => JSON.stringify([record, input])));
  const textsOf = (change: Change, record: string | null): readonly string[] => {
    if (change.what === "record" && change.how === "changed") {
      const texts = change.changes.flatMap((each) => textsOf(each, change.name));
      return texts.length === 0 ? [] : [`record ${quote(change.name)}: ${severalTexts(texts, 2, ", ")}`];
    }
    if (change.what !== "input") return [changeText(change)];
    if (told.has(JSON.stringify([record, change.name]))) return [];
    const reasons = origins(change);
    return [changeText(change) + (reasons.length === 0 ? "" : `, as ${severalTexts(reasons, 2, " and ")}`)];
  };
  return changes.filter(isOfInputs).flatMap((change) => textsOf(change, null));
}
