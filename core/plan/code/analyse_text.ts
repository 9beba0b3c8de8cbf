/**
 * The digest of the text that a function shows of itself.
 *
 * @module
 */
import { normalForm } from "./normal_form.ts";
import type { Parser } from "./parser.ts";
import { functionDigest } from "./stage_specs.ts";

/**
 * The digest of a function's text, in normal form.
 *
 * @param text What the function shows of itself.
 * @param parser What reads it.
 * @returns The digest; empty where that is no source.
 */
export function analyseText(text: string, parser: Parser): string {
  const parsed = parser.function(text);
  const form = parsed === undefined ? undefined : normalForm(parsed);
  return form === undefined ? "" : functionDigest(form);
}
