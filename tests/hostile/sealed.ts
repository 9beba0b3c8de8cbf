/** Metadata as somebody else could write it: any JSON, with a seal that is right. */
import { createHash } from "node:crypto";
import type { ArtifactMetadata } from "../../core/define/metadata.ts";
import { metadataText } from "../../core/store/metadata.ts";

/** Any JSON as the text of a metadata file, validly sealed. */
export function sealed(metadata: unknown): string {
  return metadataText(metadata as ArtifactMetadata);
}

/** Any text that ends as metadata does, validly sealed. */
export function sealedText(body: string): string {
  const seal = createHash("sha256").update(body).digest("hex");
  return `${body.slice(0, -2)},\n  "seal": "${seal}"\n}\n`;
}

/** Metadata with a value that is nested too deeply for a writer of JSON. */
export function withDeep(metadata: unknown, path: readonly string[], levels = 100_000): string {
  const body = JSON.stringify(withAt(metadata, path, "DEEP"), null, 2);
  return sealedText(body.replace('"DEEP"', '{"a":['.repeat(levels) + "]}".repeat(levels)));
}

/** Every sort of thing that JSON can hold, and some that are worse. */
export const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  "",
  "x",
  "\u001b[2J",
  "../../x",
  "/etc/passwd",
  "{files}/../x",
  "__proto__",
  [],
  [null],
  [1, "x", {}],
  [[["x"]]],
  {},
  { path: 1 },
  { toString: 1, valueOf: 1, toJSON: 1, constructor: 1, hasOwnProperty: 1, length: 1e9 },
  JSON.parse('{ "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } } }'),
];

/** The ways to every value in some JSON, the whole aside. */
export function pathsIn(value: unknown, above: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap((
    [name, item],
  ) => [[...above, name], ...pathsIn(item, [...above, name])]);
}

/** A copy of some JSON with another value at a path; undefined takes it away. */
export function withAt(value: unknown, path: readonly string[], other: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(value));
  let at = copy;
  for (const name of path.slice(0, -1)) at = at[name];
  const last = path.at(-1)!;
  if (other === undefined) {
    if (Array.isArray(at)) at.splice(Number(last), 1);
    else delete at[last];
  } else {Object.defineProperty(at, last, {
      value: other,
      enumerable: true,
      configurable: true,
      writable: true,
    });}
  return copy;
}
