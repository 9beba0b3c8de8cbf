/**
 * Parts of a recipe in words.
 *
 * @module
 */
import type { JsonValue } from "../params/describe.ts";
import { quote } from "../params/names.ts";
import { isPlainObject } from "../params/paths.ts";
import { objectOf, type Part } from "./recipe_parts.ts";

/**
 * A part in words, with its value where that can be shown.
 *
 * @param part The part.
 * @returns One line, such as `parameter "seed": 7`.
 */
export function partText({ what, name, file = "", value }: Part): string {
  switch (what) {
    case "parameter":
      return `parameter ${quote(name)}: ${valueText(value)}`;
    case "capture":
      return `captured value ${quote(name)}: ${valueText(value)}`;
    case "package":
      return `package ${name}: ${String(value)}`;
    case "declaration":
      return declarationText(file, name);
    case "code":
      return `code: ${codeText(value)}`;
    case "file":
      return `file ${quote(name)}`;
    case "env":
      return `environment variable ${quote(name)}${value === null ? ", not set" : ""}`; // it may be a secret
    case "output":
      return `output ${quote(name)}: ${cacherText(value)}`;
    case "input":
      return `input ${quote(name)}: ${sourceText(value)}`;
    case "record":
      return `record ${quote(name)}`;
    case "partial":
      return `records left out: ${namesText(value)}`;
    case "format":
      return `format of keys: ${valueText(value)}`;
    case "other":
      return `${quote(name)}: ${valueText(value)}`;
  }
}

/**
 * A declaration in words.
 *
 * @param file Its file.
 * @param name Its name.
 * @returns Such as `"mean" in lib/stats.ts`; where nothing within the file could be told apart, the file.
 */
export function declarationText(file: string, name: string): string {
  return name === "(module)" ? `module ${file}` : `${quote(name)} in ${file}`;
}

const TOLD_BY: Readonly<Record<string, string>> = {
  "experiment-module": "what the experiment's module reaches",
  "script-module": "what the script's module reaches",
  text: 'the text of "run"',
};

/**
 * What tells the code of a stage, in words.
 *
 * @param code The code, as a recipe has it.
 * @returns Such as `the text of "run"`.
 */
export function codeText(code: JsonValue | undefined): string {
  const { by, version } = objectOf(code);
  return version === undefined ? TOLD_BY[String(by)] ?? "something unknown" : `version ${valueText(version)}`;
}

/**
 * How an output is cached, in words.
 *
 * @param output The output, as a recipe has it.
 * @returns Such as `json in ".json"`.
 */
export function cacherText(output: JsonValue | undefined): string {
  const { kind, extension } = objectOf(output);
  return isPlainObject(output) ? `${String(kind)} in ${quote(extension)}` : "kept in memory only";
}

/**
 * Where an input comes from, in words.
 *
 * @param input The input, as a recipe has it.
 * @returns Such as `"model" of stage "fit"`.
 */
export function sourceText(input: JsonValue | undefined): string {
  const { stage, output } = objectOf(input);
  return typeof stage === "string"
    ? `${quote(output)} of stage ${quote(stage)}`
    : "a value given to the record";
}

/**
 * Names in words.
 *
 * @param names A list of names.
 * @returns The names, quoted; or that there are none.
 */
export function namesText(names: JsonValue | undefined): string {
  return Array.isArray(names) && names.length > 0 ? names.map(quote).join(", ") : "none";
}

const SHOWN = 80;

/**
 * A value as a line can hold it.
 *
 * @param value The value, as `describe` gives it.
 * @param at What of a long one must be seen: where it begins to differ from another.
 * @returns At most about 80 characters.
 */
export function valueText(value: JsonValue | undefined, at = 0): string {
  const text = wholeText(value);
  if (text.length <= SHOWN) return text;
  const start = Math.max(0, Math.min(at - SHOWN / 4, text.length - SHOWN));
  const end = start + SHOWN;
  return `${start === 0 ? "" : "..."}${text.slice(start, end)}${end < text.length ? "..." : ""}`;
}

/**
 * Where the texts of two values begin to differ.
 *
 * @param a One.
 * @param b The other.
 * @returns How many characters they have in common.
 */
export function differAt(a: JsonValue | undefined, b: JsonValue | undefined): number {
  const [one, other] = [wholeText(a), wholeText(b)];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

/** A value as it would be written in code, where that is short. */
function wholeText(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  const { $bigint, $number, $date } = objectOf(value);
  if (typeof $bigint === "string") return `${$bigint}n`;
  if (typeof $number === "string") return $number;
  if (typeof $date === "string") return $date;
  return JSON.stringify(value);
}
