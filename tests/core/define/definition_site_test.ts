/** Where a stage was defined. */
import { assertEquals } from "@std/assert";
import { aggregate, stage } from "../run/helpers.ts";
import { noteSite, siteOf } from "../../../core/define/definition_site.ts";
import { defineStage } from "../../../core/define/stage.ts";

Deno.test("it is the module that called Cairn", () => {
  const here = defineStage({ name: "here", outputs: {}, run: () => ({}) });
  assertEquals(siteOf(here.description), import.meta.url);
  const helper = import.meta.resolve("../run/helpers.ts");
  assertEquals(siteOf(stage("there", { outputs: {} }, () => ({})).description), helper);
  assertEquals(siteOf(aggregate("all", { outputs: {} }, () => ({})).description), helper);
});

Deno.test("of anything else nobody knows", () => {
  assertEquals(siteOf({}), undefined);
  assertEquals(siteOf(noteSite(Object.freeze({}))), import.meta.url);
});
