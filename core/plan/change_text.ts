/**
 * Changes in words: one line each.
 *
 * @module
 */
import { quote } from "../params/names.ts";
import type { Change, Difference } from "./changes.ts";
import {
  cacherText,
  codeText,
  declarationText,
  differAt,
  namesText,
  sourceText,
  valueText,
} from "./part_text.ts";
import { objectOf } from "./recipe_parts.ts";

/**
 * A change in words.
 *
 * @param change The change.
 * @returns One line, such as `parameter "seed" was 1, is 7`.
 */
export function changeText(change: Change): string {
  switch (change.what) {
    case "parameter":
      return valueChange(`parameter ${quote(change.name)}`, change);
    case "capture":
      return valueChange(`captured value ${quote(change.name)}`, change);
    case "package":
      return packageChange(change);
    case "declaration":
      return presence(
        declarationText(change.file, change.name),
        change,
        "is reached now",
        "is no longer reached",
      );
    case "code":
      return codeChange(change);
    case "file":
      return presence(`file ${quote(change.name)}`, change, "is declared now", "is no longer declared");
    case "env":
      return envChange(change);
    case "output":
      return outputChange(change);
    case "input":
      return inputChange(change);
    case "record":
      return recordChange(change);
    case "order":
      return "the records come in another order";
    case "partial":
      return `records left out were ${namesText(change.was)}, are ${namesText(change.is)}`;
    case "format":
      return valueChange("the format of keys", change);
    case "other":
      return valueChange(quote(change.name), change);
  }
}

type Named = Difference & { readonly name: string };

function valueChange(what: string, { how, was, is }: Difference): string {
  if (how === "added") return `${what} is new: ${valueText(is)}`;
  if (how === "removed") return `${what} is gone, was ${valueText(was)}`;
  const at = differAt(was, is);
  return `${what} was ${valueText(was, at)}, is ${valueText(is, at)}`;
}

function presence(what: string, { how }: Difference, added: string, removed: string): string {
  return `${what} ${how === "added" ? added : how === "removed" ? removed : "was changed"}`;
}

function packageChange({ name, how, was, is }: Named): string {
  if (how === "added") return `package ${name} is imported now: ${String(is)}`;
  if (how === "removed") return `package ${name} is no longer imported, was ${String(was)}`;
  return `package ${name} was ${String(was)}, is ${String(is)}`;
}

function codeChange({ how, was, is }: Difference): string {
  if (how !== "changed") return "its code is told in another way";
  const [before, after] = [objectOf(was), objectOf(is)];
  if (before.by !== after.by) return `its code is told by ${codeText(is)}, was told by ${codeText(was)}`;
  if (after.version !== undefined) {
    return `its version was ${valueText(before.version)}, is ${valueText(after.version)}`;
  }
  return after.by === "text" ? 'the text of "run" was changed' : "its code was changed";
}

function envChange({ name, how, was, is }: Named): string {
  const what = `environment variable ${quote(name)}`;
  if (how === "changed" && was === null) return `${what} was not set, is set`;
  if (how === "changed" && is === null) return `${what} was set, is not set`;
  return presence(what, { how }, "is declared now", "is no longer declared");
}

function outputChange({ name, how, was, is }: Named): string {
  if (how === "added") return `output ${quote(name)} is new`;
  if (how === "removed") return `output ${quote(name)} is gone`;
  return `output ${quote(name)} was ${cacherText(was)}, is ${cacherText(is)}`;
}

function inputChange({ name, how, was, is, stage, content }: Change & { readonly what: "input" }): string {
  const what = `input ${quote(name)}`;
  if (how === "added") return `${what} is read now`;
  if (how === "removed") return `${what} is no longer read`;
  const [before, after] = [sourceText(was), sourceText(is)];
  if (before !== after) return `${what} was ${before}, is ${after}`;
  if (stage === null) return `${what} was changed`;
  const from = `${what} from stage ${quote(stage)}`;
  if (content === "changed") return `${from} came out different`;
  return `${from} has another recipe${content === "same" ? ", and came out the same" : ""}`;
}

function recordChange({ name, how, changes }: Change & { readonly what: "record" }): string {
  if (how === "added") return `record ${quote(name)} is new`;
  if (how === "removed") return `record ${quote(name)} is gone`;
  return `record ${quote(name)}: ${changes.map(changeText).join(", ")}`;
}
