/**
 * Which cachers are Cairn's own.
 *
 * @module
 */

type Save = (...args: never[]) => unknown;

let texts: Promise<ReadonlySet<string>> | undefined;

/**
 * Whether a cacher's `save` is written by Cairn. Of a combinator that wraps it, what is inside can't be seen.
 *
 * @param save The function.
 * @returns Whether it is.
 */
export async function isOwnSave(save: Save): Promise<boolean> {
  texts ??= ownTexts();
  return (await texts).has(textOf(save));
}

async function ownTexts(): Promise<ReadonlySet<string>> {
  const [cachers, { gzipped }, { validated }] = await Promise.all([
    import("../../cachers/mod.ts"),
    import("../define/combinators/gzipped.ts"),
    import("../define/combinators/validated.ts"),
  ]);
  const { jsonCacher } = cachers;
  const schema = {
    "~standard": { version: 1 as const, vendor: "cairn", validate: (value: unknown) => ({ value }) },
  };
  const all = [
    ...[cachers.bytesCacher(), cachers.csvCacher(), cachers.fileReferenceCacher(), jsonCacher()],
    ...[
      cachers.jsonTableCacher(),
      cachers.notebookCacher(),
      cachers.pathCacher(),
      cachers.structuredCacher(),
    ],
    ...[cachers.textCacher(), gzipped(jsonCacher()), validated(jsonCacher(), schema)],
  ];
  return new Set(all.map(({ save }) => textOf(save)));
}

function textOf(save: Save): string {
  return Function.prototype.toString.call(save);
}
