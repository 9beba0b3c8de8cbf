/**
 * What every cacher keeps to, run over each of them: `testCacher({ ... })`.
 *
 * @module
 */
import { join, relative } from "@std/path";
import { walkSync } from "@std/fs";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { AnyCacher, Artifact } from "../../core/define/cacher.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

/** A cacher under test, and what it is to be tried with. */
export interface CacherContract {
  readonly name: string;
  readonly make: () => AnyCacher;
  /** Makes a value anew each time, so that two of them are equal and not the same; `place` has `files`. */
  readonly values: Readonly<Record<string, (place: Place) => unknown>>;
  /** What `save` refuses, and what its message holds: the path of the fault above all. */
  readonly refused?: readonly (readonly [make: (place: Place) => unknown, message: string])[];
  /** What a main file may hold that `load` must not take; nothing where it takes any bytes. */
  readonly garbage?: readonly (string | Uint8Array)[];
  /** Whether what `load` gives is compared some other way than by equality. */
  readonly same?: (loaded: unknown, saved: unknown) => void;
  /** What counts of a value when it is compared, where that is not the value: all that a stream gives. */
  readonly read?: (value: unknown) => unknown;
}

/** An artifact that records which places it was asked for, and the folder they are in. */
export interface Place {
  readonly artifact: Artifact;
  readonly folder: string;
  readonly files: string;
  /** Paths of the files and folders that were asked for. */
  readonly asked: Set<string>;
}

/** A place as a store gives it: names of one artifact in a folder, the stage's files in another. */
export function placeFor(cacher: AnyCacher, from?: Place): Place {
  const root = from === undefined ? tempDirSync() : join(from.folder, "..");
  const folder = join(root, "staging");
  const files = join(root, "files");
  const asked = new Set<string>();
  Deno.mkdirSync(folder, { recursive: true });
  Deno.mkdirSync(files, { recursive: true });
  const name = (suffix: string) => join(folder, `exp_0123456789abcdef_stage_out${suffix}`);
  const artifact: Artifact = {
    path: (suffix = cacher.extension) => {
      asked.add(name(suffix));
      return name(suffix);
    },
    dir: (suffix = "") => {
      asked.add(name(suffix));
      Deno.mkdirSync(name(suffix), { recursive: true });
      return name(suffix);
    },
    // What metadata gives back has been through JSON.
    extra: from === undefined ? {} : JSON.parse(JSON.stringify(from.artifact.extra)),
    files,
  };
  return { artifact, folder, files, asked };
}

/** All that lies in a place's folder, by relative name; folders as null. */
export function contentOf({ folder }: Place): Record<string, Uint8Array | null> {
  const entries = [...walkSync(folder)].filter(({ path }) => path !== folder);
  return Object.fromEntries(
    entries.map(({ path, isFile }) => [relative(folder, path), isFile ? Deno.readFileSync(path) : null])
      .toSorted(),
  );
}

function remove(...places: readonly Place[]): void {
  for (const { folder } of places) Deno.removeSync(join(folder, ".."), { recursive: true });
}

/** Registers the tests of a cacher. */
export function testCacher(
  {
    name,
    make,
    values,
    refused = [],
    garbage = [],
    same = assertEquals,
    read = (value) => value,
  }: CacherContract,
) {
  for (const [title, value] of Object.entries(values)) {
    Deno.test(`${name}: ${title} comes back, from the same bytes each time`, async () => {
      const cacher = make();
      const [place, twin] = [placeFor(cacher), placeFor(cacher)];
      await cacher.save(value(place), place.artifact);
      await make().save(value(twin), twin.artifact);
      assertEquals(contentOf(twin), contentOf(place));
      assertEquals(twin.artifact.extra, place.artifact.extra);

      const again = placeFor(cacher, place);
      same(await read(await make().load(again.artifact)), await read(value(placeFor(cacher))));
      same(await read(await make().load(again.artifact)), await read(value(placeFor(cacher))));
      if (cacher.check !== undefined) assertEquals(await cacher.check(again.artifact), true);
      assertEquals(
        again.artifact.extra,
        JSON.parse(JSON.stringify(place.artifact.extra)),
        "load leaves extra alone",
      );
      remove(place, twin);
    });

    Deno.test(`${name}: saving ${title} writes only where the artifact says`, async () => {
      const cacher = make();
      const place = placeFor(cacher);
      await cacher.save(value(place), place.artifact);
      const found = Object.keys(contentOf(place)).map((file) => join(place.folder, file));
      assert(found.length > 0, "nothing was saved");
      for (const path of found) {
        assert(
          [...place.asked].some((asked) => path === asked || path.startsWith(`${asked}/`)),
          `${path} is astray`,
        );
      }
      remove(place);
    });
  }

  for (const [i, [value, message]] of refused.entries()) {
    Deno.test(`${name}: refuses ${message} (${i + 1}) and leaves nothing`, async () => {
      const cacher = make();
      const place = placeFor(cacher);
      const refusal = value(place);
      const error = await assertRejects(async () => await cacher.save(refusal, place.artifact));
      assertStringIncludes(error.message, message);
      assertStringIncludes(error.message, JSON.stringify(place.artifact.path()).slice(1, -1));
      assert(!error.message.endsWith("."), "no full stop");
      assertEquals(contentOf(place), {});
      assertEquals(place.artifact.extra, {});
      remove(place);
    });
  }

  Deno.test(`${name}: a missing file is an error that names it`, async () => {
    const cacher = make();
    const place = placeFor(cacher);
    const error = await assertRejects(async () => await cacher.load(place.artifact), Deno.errors.NotFound);
    assertStringIncludes(error.message, place.artifact.path());
    remove(place);
  });

  for (const [i, bytes] of garbage.entries()) {
    Deno.test(`${name}: garbage (${i + 1}) is an error that names the file`, async () => {
      const cacher = make();
      const place = placeFor(cacher);
      await cacher.save(Object.values(values)[0]!(place), place.artifact);
      Deno.writeFileSync(
        place.artifact.path(),
        typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
      );
      const error = await assertRejects(async () =>
        await read(await cacher.load(placeFor(cacher, place).artifact))
      );
      assertStringIncludes(error.message, place.artifact.path());
      assert(!error.message.endsWith("."), "no full stop");
      remove(place);
    });
  }

  Deno.test(`${name}: the record is plain, and its extension is the end of a file name`, () => {
    const cacher = make();
    assertEquals(Object.getPrototypeOf(cacher), Object.prototype);
    assert(/^(\.[A-Za-z0-9_-]+)*$/.test(cacher.extension));
  });
}
