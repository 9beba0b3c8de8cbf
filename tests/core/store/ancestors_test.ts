/** Ancestors in memory: the names and digests of metadata, as a list. */
import { assertEquals } from "@std/assert";
import { ancestorList, ancestorRecord } from "../../../core/store/ancestors.ts";

Deno.test("ancestors are as they were, in memory and back in metadata", () => {
  assertEquals(ancestorList({}), []);
  assertEquals(ancestorList({ a: "1", b: "2" }), ["a", "1", "b", "2"]);
  for (const record of [{}, { a: "1" }, { b: "1", a: "2" }]) {
    assertEquals(JSON.stringify(ancestorRecord(ancestorList(record))), JSON.stringify(record));
  }
});
