/**
 * Values that must fit a schema.
 *
 * @module
 */
import { isStream } from "../../params/iterables.ts";
import { below, sortOf } from "../../params/paths.ts";
import type { AnyCacher, Artifact } from "../cacher.ts";
import { miss } from "../miss.ts";
import type { StandardIssue, StandardSchema } from "../standard_schema.ts";
import { ownCacher } from "../own_save.ts";
import { checkCacher } from "./check_cacher.ts";

/**
 * A cacher that refuses to save what does not fit a schema, and to which a stored value that does not fit is a miss.
 *
 * The value itself passes unchanged: what a schema transforms or fills in is not used. With a cacher of streams, such as
 * `jsonLinesCacher`, the schema is that of one item, and each is looked at as it comes: all of them once more when the
 * stream is loaded, before any is handed on.
 *
 * @param cacher Any cacher.
 * @param schema A schema of any library that implements Standard Schema: valibot, zod, arktype.
 * @returns The same cacher, validated.
 * @throws {TypeError} If the schema is none.
 *
 * @example
 * ```ts
 * import { at, validated } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertRejects } from "@std/assert";
 * import * as v from "valibot";
 *
 * const score = validated(jsonCacher<number>(), v.pipe(v.number(), v.maxValue(1)));
 * const path = `${await Deno.makeTempDir()}/score.json`;
 * await score.save(0.5, at(path));
 * await assertRejects(async () => await score.save(2, at(path)), TypeError, "Invalid value");
 * ```
 */
export function validated<C extends AnyCacher>(cacher: C, schema: StandardSchema): C {
  checkCacher("validated", cacher);
  const standard = schema?.["~standard"];
  if (standard?.version !== 1 || typeof standard.validate !== "function") {
    throw new TypeError(
      `Cannot use ${
        sortOf(schema)
      } as a schema: it has no "~standard" of version 1, as valibot, zod and arktype have`,
    );
  }
  const check: Check = async (value, root, refusal) => {
    const result = standard.validate(value);
    const { issues } = result instanceof Promise ? await result : result;
    if (issues !== undefined) throw refusal(issuesText(issues, root));
  };
  return ownCacher({
    ...cacher,
    save: async (value: unknown, artifact: Artifact): Promise<void> => {
      const refusal = (found: string) =>
        new TypeError(`Cannot save ${JSON.stringify(artifact.path())} as the value does not fit: ${found}`);
      if (cacher.streams && isStream(value)) {
        return await cacher.save(checked(value, check, refusal), artifact);
      }
      await check(value, "$", refusal);
      await cacher.save(value, artifact);
    },
    load: async (artifact: Artifact): Promise<unknown> => {
      const value = await cacher.load(artifact);
      const refusal = (found: string) => miss(`the stored value does not fit: ${found}`);
      if (!cacher.streams) await check(value, "$", refusal);
      else for await (const _ of checked(value, check, refusal));
      return value;
    },
  }, cacher);
}

/** Throws what `refusal` makes of what is wrong with a value, called `root`; nothing where it fits. */
type Check = (value: unknown, root: string, refusal: (found: string) => Error) => Promise<void>;

/** The items of a stream, each handed on when it fits. */
async function* checked(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  check: Check,
  refusal: (found: string) => Error,
): AsyncGenerator<unknown> {
  let index = 0;
  for await (const item of items) {
    await check(item, `$[${index++}]`, refusal);
    yield item;
  }
}

/** The first few issues: a table in which every row is wrong has as many as rows. */
function issuesText(issues: readonly StandardIssue[], root: string): string {
  const shown = issues.slice(0, 3).map((issue) => `${pathOf(issue, root)}: ${issue.message}`).join("; ");
  return issues.length > 3 ? `${shown}; and ${issues.length - 3} more` : shown;
}

function pathOf({ path = [] }: StandardIssue, root: string): string {
  return path.map((part) => typeof part === "object" ? part.key : part)
    .reduce<string>((above, key) => below(above, typeof key === "symbol" ? String(key) : key), root);
}
