/**
 * How long the names of files may be: what no file system would take is refused before anything runs.
 *
 * @module
 */
import { join, SEPARATOR } from "@std/path";
import { quote } from "../params/names.ts";
import { partialOf } from "./disk/move.ts";
import { pendingMetadataAt } from "./ownership.ts";
import { type ArtifactSpec, exactPath, fileAt, placeAt, placeBelow } from "./place.ts";
import { stagingFolder } from "./staging.ts";

/** Bytes that a name has at the most, on nearly every file system. */
const NAME = 255;

/** Bytes that a path has at the most, on Linux. */
const PATH = 4095;

/** As long as the name of a process's folder in staging, with that of an attempt below it. */
const STAGED = join(crypto.randomUUID(), "attempt-123456");

/**
 * Refuses artifacts whose files would have names, or paths, that are too long.
 *
 * @param cache The cache that they go to.
 * @param specs The artifacts.
 * @throws {TypeError} If there is one; the message says how long its name is, and what to shorten.
 */
export function refuseLongNames(cache: string, specs: Iterable<ArtifactSpec>): void {
  const checked = new Map<string, Set<string>>();
  for (const spec of specs) {
    const { stage, output, cacher } = spec;
    const isExact = cacher.placement?.path !== undefined;
    // What is not at a path of its own has names of one length in all records.
    const outputs = checked.get(stage) ?? new Set<string>();
    if (!isExact && outputs.has(output)) continue;
    checked.set(stage, outputs.add(output));
    for (const path of pathsOf(cache, spec)) refuseLong(path, spec);
  }
}

/** The longest that a commit may come to need: its files, and its metadata while it is under way, while each is copied. */
function pathsOf(cache: string, spec: ArtifactSpec): string[] {
  const exact = exactPath(spec, cache);
  const staged = placeBelow(join(stagingFolder(cache), STAGED), spec, exact);
  const final = exact === undefined ? placeBelow(cache, spec) : placeAt(exact, spec, cache);
  return [final, staged].flatMap((place) => [pendingMetadataAt(place), fileAt(place)].map(partialOf));
}

function refuseLong(path: string, { stage, output, cacher }: ArtifactSpec): void {
  const cannot = `Cannot keep output ${quote(output)} of stage ${quote(stage)}`;
  const advice = cacher.placement?.path === undefined
    ? "shorten the name of the experiment, the stage or the output"
    : `shorten its path, ${quote(cacher.placement.path)}`;
  for (const name of path.split(SEPARATOR === "/" ? "/" : /[\\/]/).toReversed()) {
    const length = bytesIn(name);
    if (length <= NAME) continue;
    throw new TypeError(
      `${cannot}: the name ${quote(name)} is ${length} bytes long, and file systems take ${NAME}; ${advice}`,
    );
  }
  const length = bytesIn(path);
  if (length <= PATH) return;
  throw new TypeError(
    `${cannot}: the path ${
      quote(path)
    } is ${length} bytes long, and ${PATH} are taken; ${advice}, or put the ` +
      "workspace elsewhere",
  );
}

function bytesIn(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length; // as nearly all are
  return new TextEncoder().encode(text).length;
}
