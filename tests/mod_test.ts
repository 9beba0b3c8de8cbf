/** The public surface: what each entry point exports at run time. */
import { assertEquals } from "@std/assert";
import * as main from "../mod.ts";
import * as cachers from "../cachers/mod.ts";

Deno.test("mod.ts exports just these", () => {
  assertEquals(Object.keys(main).sort(), [
    "at",
    "atPath",
    "createRecord",
    "defineAggregate",
    "defineExperiment",
    "defineStage",
    "grid",
    "gzipped",
    "inlineExecutor",
    "isMiss",
    "lazy",
    "loadFrom",
    "miss",
    "openWorkspace",
    "parallelExecutor",
    "planExperiment",
    "readBytes",
    "readMetadata",
    "runAggregate",
    "runExperiment",
    "runStage",
    "runStages",
    "saveAs",
    "transient",
    "untracked",
    "validated",
    "valueOf",
    "withPrefix",
    "withSubdir",
    "writeBytes",
    "zstd",
  ]);
});

Deno.test("cachers/mod.ts exports just these", () => {
  assertEquals(Object.keys(cachers).sort(), [
    "arrayCacher",
    "bytesCacher",
    "csvCacher",
    "fileReferenceCacher",
    "jsonCacher",
    "jsonLinesCacher",
    "jsonTableCacher",
    "linesCacher",
    "notebookCacher",
    "pathCacher",
    "structuredCacher",
    "tableCacher",
    "textCacher",
  ]);
});

Deno.test("what is exported is a function or a plain record, never a class", () => {
  for (const [name, value] of [...Object.entries(main), ...Object.entries(cachers)]) {
    if (typeof value === "function") {
      assertEquals(/^class\b/.test(Function.prototype.toString.call(value)), false, name);
      assertEquals(Object.keys(value.prototype ?? {}), [], name);
    } else {
      assertEquals([null, Object.prototype].includes(Object.getPrototypeOf(value)), true, name);
    }
  }
});

Deno.test("a cacher from a factory is a plain record of its own", () => {
  for (const factory of Object.values(cachers)) {
    const make = factory as unknown as (options?: object) => Record<string, unknown>;
    const options = factory === cachers.tableCacher ? [{ format: "csv" }] : [];
    const cacher = make(...options);
    assertEquals(Object.getPrototypeOf(cacher) === Object.prototype, true, factory.name);
    assertEquals([typeof cacher.extension, typeof cacher.save, typeof cacher.load, typeof cacher.kind], [
      "string",
      "function",
      "function",
      "string",
    ], factory.name);
    assertEquals(cacher === make(...options), false);
  }
});
