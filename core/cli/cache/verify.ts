/**
 * `cairn cache verify`: takes the digest of every file of every artifact.
 *
 * @module
 */
import { verifyCache } from "../../history/cache/verify.ts";
import { quote } from "../../params/names.ts";
import { sizeText } from "../../params/size.ts";
import { CACHE_FLAGS, cachePlace, refuseOperands } from "./flags.ts";
import { countText } from "../columns.ts";
import type { Command, Input } from "../flags.ts";
import { print, printJson } from "../output.ts";

/** The subcommand. */
export const cacheVerify: Command = {
  name: "cache verify",
  operands: "",
  summary:
    "take the digest of every file in the cache anew, and say what is damaged and what no metadata claims; " +
    "exit status 1 if anything is damaged",
  flags: CACHE_FLAGS,
  examples: ["cairn cache verify", "cairn cache verify --cache data/runs/REFERENCE/artifacts"],
  // deno-lint-ignore require-await -- what it throws is a rejection, as of every subcommand
  run: async (input) => verify(input),
};

function verify(input: Input): number {
  refuseOperands(input);
  const { cache } = cachePlace(input);
  const { artifacts, bytes, damaged, orphaned } = verifyCache(cache);
  if (input.has("json")) printJson({ cache, artifacts, bytes, damaged, orphaned });
  else {
    for (const { path, reason } of damaged) print(`damaged: ${path}: ${reason}`);
    for (const { path, bytes } of orphaned) {
      print(`orphaned: ${path}: no metadata claims it, ${sizeText(bytes)}`);
    }
    print(
      `${quote(cache)}: ${countText(artifacts, "artifact")} whole, ${
        sizeText(bytes)
      }; ${damaged.length} damaged, ` +
        `${orphaned.length} orphaned`,
    );
  }
  return damaged.length > 0 ? 1 : 0;
}
