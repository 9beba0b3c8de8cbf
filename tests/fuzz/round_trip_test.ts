/** Whatever value a cacher is given: it is refused by its path and nothing is left, or it comes back the same. */
import fc from "fast-check";
import { join } from "@std/path";
import { assert, assertEquals } from "@std/assert";
import { gzipped, lazy, loadFrom, saveAs, validated, withSubdir } from "../../mod.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { contentOf, type Place, placeFor } from "../contracts/cacher_contract.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import { tree } from "../helpers/tree.ts";
import { options } from "./runs.ts";
import { isSame, type Strictness } from "./same.ts";
import { type Subject, SUBJECTS } from "./subjects.ts";
import { ODD_VALUES } from "./odd_values.ts";

const anySchema = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;

/** How each is wrapped, and how many values it then gets: what makes folders takes longer. */
const wrappers: Readonly<Record<string, readonly [wrap: (cacher: AnyCacher) => AnyCacher, runs: number]>> = {
  "": [(cacher) => cacher, 400],
  "gzipped ": [gzipped, 25],
  "validated ": [(cacher) => validated(cacher, anySchema), 40],
  "lazy withSubdir ": [(cacher) => lazy(withSubdir(cacher, "models")), 40],
};

for (const subject of SUBJECTS) {
  for (const [name, [wrap, count]] of Object.entries(wrappers)) {
    if (name === "gzipped " && subject.cacher.paths !== undefined) continue;
    Deno.test(`${name}${subject.name}: any value comes back the same, or is refused and leaves nothing`, async () => {
      const cacher = wrap(subject.cacher);
      const place = placeFor(cacher);
      const counts = { kept: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(
          subject.values(place.files),
          (value) => keepsOrRefuses(cacher, value, place, subject, counts),
        ),
        options(Math.ceil(count * subject.share)),
      );
      Deno.removeSync(join(place.folder, ".."), { recursive: true });
      // A few runs may meet but one of the two.
      if (count * subject.share >= 100) assert(counts.kept > 9 && counts.refused > 9, JSON.stringify(counts));
    });
  }

  Deno.test(`${subject.name}: each odd value, alone and in a table, comes back the same or is refused`, async () => {
    const place = placeFor(subject.cacher);
    for (const make of ODD_VALUES) {
      for (const value of [make(), [{ a: make() }]]) {
        await keepsOrRefuses(subject.cacher, value, place, subject, { kept: 0, refused: 0 });
      }
    }
    Deno.removeSync(join(place.folder, ".."), { recursive: true });
  });

  Deno.test(`${subject.name} by saveAs and loadFrom: any value comes back the same, or leaves nothing`, async () => {
    await withTempDir(async (dir) => {
      const { extension } = subject.cacher;
      const path = join(dir, "some", `value${extension}`);
      await fc.assert(
        fc.asyncProperty(subject.values(dir), async (value) => {
          try {
            await saveAs(path, subject.cacher, value, { overwrite: true });
          } catch (error) {
            checkRefusal(error, path);
            assertEquals(tree(join(dir, "some")).filter((name) => !/^value/.test(name)), []);
            return;
          }
          const loaded = await loadFrom(path, subject.cacher);
          assert(await comesBack(loaded, value, subject), "it is another value");
        }),
        options(Math.ceil(30 * subject.share)),
      );
    });
  });
}

async function keepsOrRefuses(
  cacher: AnyCacher,
  value: unknown,
  place: Place,
  subject: Comparison,
  counts: { kept: number; refused: number },
): Promise<void> {
  clear(place);
  try {
    await cacher.save(value, place.artifact);
  } catch (error) {
    checkRefusal(error, place.artifact.path());
    assertEquals(contentOf(place), {}, "something is left");
    assertEquals(place.artifact.extra, {}, "something is left in extra");
    counts.refused++;
    return;
  }
  counts.kept++;
  const content = contentOf(place);
  const again = placeFor(cacher, place);
  const loaded = await cacher.load(again.artifact);
  const contents = await subject.read?.(loaded) ?? loaded; // read while the file is there
  assert(await comesBack(loaded, value, subject), `it came back another: ${Deno.inspect(contents)}`);
  assertEquals(Object.getOwnPropertyNames(Object.prototype).includes("polluted"), false);
  // The same bytes: from the same value, and from what was loaded.
  for (const same of [value, contents]) {
    clear(place);
    await cacher.save(same, place.artifact);
    assertEquals(contentOf(place), content, "the same value gives other bytes");
    assertEquals(JSON.stringify(place.artifact.extra), JSON.stringify(again.artifact.extra));
  }
}

/** What counts when two values are compared. */
type Comparison = Strictness & Pick<Subject, "read">;

async function comesBack(loaded: unknown, value: unknown, { read, ...strictness }: Comparison) {
  return isSame(await read?.(loaded) ?? loaded, await read?.(value) ?? value, strictness);
}

function clear({ artifact, folder }: Place): void {
  for (const name of Object.keys(artifact.extra)) delete artifact.extra[name];
  for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(join(folder, name), { recursive: true });
}

/** A refusal says which file was to be written, and where in the value the fault is. */
function checkRefusal(error: unknown, path: string): void {
  assert(error instanceof Error);
  const isOfSort = [TypeError, RangeError, Deno.errors.NotFound].some((type) => error instanceof type);
  assert(isOfSort, `${error.name}: ${error.message}`);
  assert(error.message.includes(JSON.stringify(path).slice(1, -1)), error.message);
  assert(/ \$[\s.[;,]/.test(error.message), error.message);
}
