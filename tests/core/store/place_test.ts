/** Where artifacts lie. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { jsonCacher } from "../../../cachers/json_cacher.ts";
import { atPath } from "../../../core/define/combinators/at_path.ts";
import { gzipped } from "../../../core/define/combinators/gzipped.ts";
import { withPrefix } from "../../../core/define/combinators/with_prefix.ts";
import { withSubdir } from "../../../core/define/combinators/with_subdir.ts";
import {
  artifactStem,
  checkSuffix,
  entryAt,
  exactPath,
  fileAt,
  isOwnEntry,
  metadataAt,
  placeAt,
  placeBelow,
  stageFileEntry,
  stageFilesBelow,
} from "../../../core/store/place.ts";
import { specOf } from "./fixtures.ts";

const KEY = "0123456789abcdef";

Deno.test("an artifact lies at <prefix>_<16 of the key>_<stage>_<output><extension>, its metadata beside it", () => {
  const place = placeBelow("data/cache", specOf());
  assertEquals(fileAt(place), `data/cache/exp_${KEY}_fit_model.json`);
  assertEquals(metadataAt(place), `data/cache/exp_${KEY}_fit_model_metadata.json`);
  assertEquals(fileAt(place, "_part.bin"), `data/cache/exp_${KEY}_fit_model_part.bin`);
  assertEquals(place.files, `data/cache/exp_${KEY}_fit.files`);
  assertEquals(specOf().name, `${KEY}_fit_model`);
});

Deno.test("a subdir, a prefix and a long extension have their place", () => {
  const cacher = withPrefix(withSubdir(gzipped(jsonCacher()), "models/large"), "shared");
  const spec = specOf({ cacher });
  assertEquals(artifactStem(spec), `shared_${KEY}_fit_model`);
  const place = placeBelow("c", spec);
  assertEquals(fileAt(place), `c/models/large/shared_${KEY}_fit_model.json.gz`);
  assertEquals(metadataAt(place), `c/models/large/shared_${KEY}_fit_model_metadata.json`);
  // What the stage wrote by itself belongs to no one output.
  assertEquals(place.files, stageFilesBelow("c", spec));
});

// ---- Templates ----

function filled(template: string, changes: Parameters<typeof specOf>[0] = {}): string | undefined {
  return exactPath(specOf({ ...changes, cacher: atPath(jsonCacher(), template) }), "the/cache");
}

const templates: readonly (readonly [string, string])[] = [
  ["raw/a.json", "raw/a.json"],
  ["{cache}/x.json", "the/cache/x.json"],
  ["{key}.json", `${KEY}.json`],
  ["{stage}/{name}.json", "fit/model.json"],
  ["{experiment}.json", "exp.json"],
  ["{params.set}.json", "train.json"],
  ["{params.a b}.json", "1.json"],
  ["{params.rate}/{params.big}/{params.on}.json", "0.5/12/true.json"],
  ["{params.rate}{params.set}.json", "0.5train.json"],
  ["out/{artifactFilename}", `out/exp_${KEY}_fit_model.json`],
  ["{params.brace}.json", "key.json"],
];
const params = { set: "train", "a b": 1, rate: 0.5, big: 12n, on: true, brace: "key" };
for (const [template, wanted] of templates) {
  Deno.test(`the template ${template} is filled in`, () =>
    assertEquals(filled(template, { params }), wanted));
}

Deno.test("a cacher with no path of its own has none", () =>
  assertEquals(exactPath(specOf(), "c"), undefined));

Deno.test("artifactFilename has the extension as the cacher has it", () => {
  const cacher = atPath(gzipped(jsonCacher()), "{artifactFilename}");
  assertEquals(exactPath(specOf({ cacher }), "c"), `exp_${KEY}_fit_model.json.gz`);
});

const unsafe: readonly unknown[] = [
  ...[
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a\\b",
    "/a",
    ".hidden",
    "~",
    "a b",
    "a\n",
    "a\0",
    "ä",
    "a:b",
    "{key}",
    "$(x)",
  ],
  ...["x".repeat(101), null, undefined, [1], ["a"], { toString: () => "a" }, new Date(0), () => 1],
];
for (const value of unsafe) {
  Deno.test(`a parameter that is ${typeof value} ${JSON.stringify(String(value)).slice(0, 30)} fills in no path`, () => {
    const { message } = assertThrows(
      () => filled("raw/{params.x}.json", { params: { x: value } }),
      TypeError,
    );
    for (const word of ['output "model"', 'stage "fit"', '"raw/{params.x}.json"', "{params.x}"]) {
      assert(message.includes(word), `${JSON.stringify(message)} names no ${word}`);
    }
  });
}

Deno.test("a parameter that is not there is named", () => {
  assertThrows(() => filled("{params.x}.json"), TypeError, 'there is no parameter "x"');
  assertThrows(() => filled("{params.toString}.json"), TypeError, 'there is no parameter "toString"');
  assertThrows(() => filled("{params.__proto__}.json"), TypeError, 'there is no parameter "__proto__"');
});

Deno.test("property: what fills in a template is one segment", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", ".", "/", "\\", "-", "0", " ", "{", "}", "\0") }),
      (x) => {
        let path: string | undefined;
        try {
          path = filled("raw/{params.x}/end", { params: { x } });
        } catch (error) {
          assert(error instanceof TypeError);
          return;
        }
        const segments = path!.split(/[/\\]/);
        assertEquals(segments.length, 3);
        assert(segments[1] !== "" && segments[1] !== "." && segments[1] !== "..");
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

Deno.test("an exact path is split at the cacher's extension, else at the last dot", () => {
  const at = (path: string, cacher = jsonCacher()) => {
    const place = placeAt(path, specOf({ cacher }), "c");
    return [place.dir, place.base, place.main, metadataAt(place)];
  };
  assertEquals(at("raw/a.json"), ["raw", "a", ".json", "raw/a_metadata.json"]);
  assertEquals(at("raw/a.b.csv"), ["raw", "a.b", ".csv", "raw/a.b_metadata.json"]);
  assertEquals(at("raw/a.json.gz", gzipped(jsonCacher())), ["raw", "a", ".json.gz", "raw/a_metadata.json"]);
  assertEquals(at("raw/a"), ["raw", "a", "", "raw/a_metadata.json"]);
  assertEquals(at("/abs/a.json"), ["/abs", "a", ".json", "/abs/a_metadata.json"]);
  assertEquals(at("raw/.json"), ["raw", ".json", "", "raw/.json_metadata.json"]);
});

Deno.test("below a root, an exact path lies in external, and never above the root", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["raw/a.json", "store/external/raw/a.json"],
    ["./raw//a.json", "store/external/raw/a.json"],
    ["/abs/a.json", "store/external/abs/a.json"],
    ["../../up.json", "store/external/_up_/_up_/up.json"],
    ["a/../../up.json", "store/external/_up_/up.json"],
  ];
  for (const [exact, wanted] of cases) {
    assertEquals(fileAt(placeBelow("store", specOf(), exact)), wanted);
  }
});

// ---- Entries ----

Deno.test("an entry lies beside its artifact, or among the files of its stage", () => {
  const place = placeBelow("c", specOf());
  assertEquals(entryAt(place, { path: ".json" }), fileAt(place));
  assertEquals(entryAt(place, { path: "_more/" }), `c/exp_${KEY}_fit_model_more`);
  assertEquals(entryAt(place, { path: "_more/deep/a.bin" }), `c/exp_${KEY}_fit_model_more/deep/a.bin`);
  assertEquals(stageFileEntry("plots/a.png"), "{files}/plots/a.png");
  assertEquals(entryAt(place, { path: "{files}/plots/a.png" }), `c/exp_${KEY}_fit.files/plots/a.png`);
});

const ownEntries = [".json", "", "_more/", "_more/a..b/c", "_more/...", "{files}/a", "{files}/a/b/", "_a b"];
for (const path of ownEntries) {
  Deno.test(`the entry ${JSON.stringify(path)} stays in its artifact`, () => assert(isOwnEntry(path)));
}

const strayEntries = [
  "..",
  "../x",
  "/../x",
  "_a/../../x",
  "{files}/..",
  "{files}/../x",
  "_a\0",
];
for (const path of strayEntries) {
  Deno.test(`the entry ${JSON.stringify(path)} leads out of its artifact`, () => assert(!isOwnEntry(path)));
}

// ---- Suffixes ----

Deno.test("a suffix is the end of a file name, and not that of the metadata", () => {
  for (const suffix of ["", ".json", "_weights.bin", "-2", ".tar.gz"]) checkSuffix("it", suffix);
  for (const suffix of ["/x", "../x", ".", "..", "a/b", "a\\b", ".json.", "a b", "\0", 1, null, undefined]) {
    assertThrows(() => checkSuffix("a suffix", suffix), TypeError, "Cannot use a suffix");
  }
  for (const suffix of ["_metadata.json", "_Metadata.JSON"]) {
    assertThrows(() => checkSuffix("a suffix", suffix), TypeError, "the name of the metadata file");
  }
});
