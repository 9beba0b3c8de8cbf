/**
 * Artifacts at an exact path.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import type { AnyCacher } from "../cacher.ts";
import { checkCacher, checkNotAtPath } from "./check_cacher.ts";

/**
 * A cacher whose artifact lies at exactly this path, from the working folder, whatever the parameters.
 *
 * @param cacher Any cacher.
 * @param template The path. `{key}`, `{cache}`, `{stage}`, `{name}`, `{params.X}`, `{experiment}` and
 * `{artifactFilename}` are filled in, each as one safe segment.
 * @param options `adopt: true` takes a file that is there already as it is, and never replaces it.
 * @returns The same cacher, placed.
 * @throws {TypeError} If the template is no path of a file, has anything else in braces, or the cacher has a subdir,
 * a prefix or an exact path already.
 *
 * @example
 * ```ts
 * import { atPath } from "@cairn/cairn";
 * import { csvCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const raw = atPath(csvCacher<{ id: string }>(), "raw/{params.set}.csv", { adopt: true });
 * assertEquals(raw.placement, { path: "raw/{params.set}.csv", adopt: true });
 * ```
 */
export function atPath<C extends AnyCacher>(
  cacher: C,
  template: string,
  options: { readonly adopt?: true } = {},
): C {
  checkCacher("atPath", cacher);
  checkTemplate(template);
  checkNotAtPath(`atPath(..., ${quote(template)})`, cacher);
  const { subdir, prefix } = cacher.placement ?? {};
  const placed = subdir !== undefined ? "withSubdir" : prefix !== undefined ? "withPrefix" : undefined;
  if (placed !== undefined) {
    throw new TypeError(
      `Cannot use atPath(..., ${quote(template)}) on a cacher with ${
        quote(subdir ?? prefix)
      } from ${placed}: ` +
        "atPath alone says where it lies; drop one of the two",
    );
  }
  const adopt = options.adopt === true ? { adopt: options.adopt } : {};
  return { ...cacher, placement: { ...cacher.placement, path: template, ...adopt } };
}

const PLACEHOLDER = /\{(?:key|cache|stage|name|params\.[^{}]+|experiment|artifactFilename)\}/g;

function checkTemplate(template: unknown): asserts template is string {
  // deno-lint-ignore no-control-regex -- control characters are just what must not be there
  if (typeof template !== "string" || template === "" || /[\u0000-\u001f]|[/\\]$/.test(template)) {
    throw new TypeError(
      `Cannot use ${quote(template)} as an exact path: it is the path of a file, such as "raw/a.csv"`,
    );
  }
  const odd = /\{[^{}]*\}?|\}/.exec(template.replaceAll(PLACEHOLDER, ""))?.[0];
  if (odd === undefined) return;
  throw new TypeError(
    `Cannot use ${quote(template)} as an exact path: found ${quote(odd)}; what may stand in braces is ` +
      "{key}, {cache}, {stage}, {name}, {params.X}, {experiment} and {artifactFilename}",
  );
}
