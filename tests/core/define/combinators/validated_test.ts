import * as v from "valibot";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { jsonCacher } from "../../../../cachers/json_cacher.ts";
import { at } from "../../../../core/define/at.ts";
import { isMiss } from "../../../../core/define/miss.ts";
import { validated } from "../../../../core/define/combinators/validated.ts";
import type { StandardSchema } from "../../../../core/define/standard_schema.ts";
import { tempDirSync } from "../../../helpers/temp_dir.ts";

const Scores = v.object({ rows: v.array(v.object({ score: v.pipe(v.number(), v.maxValue(1)) })) });

function temporary(): string {
  return `${tempDirSync()}/a.json`;
}

Deno.test("what does not fit is refused with the path and the schema's words", async () => {
  const path = temporary();
  const error = await assertRejects(
    async () => await validated(jsonCacher(), Scores).save({ rows: [{ score: 0 }, { score: 2 }] }, at(path)),
    TypeError,
  );
  assertEquals(
    error.message,
    `Cannot save ${JSON.stringify(path)} as the value does not fit: ` +
      "$.rows[1].score: Invalid value: Expected <=1 but received 2",
  );
});

Deno.test("what was stored and does not fit is a miss with the reason", async () => {
  const path = temporary();
  await jsonCacher().save({ rows: [{}] }, at(path));
  const error = await assertRejects(async () => await validated(jsonCacher(), Scores).load(at(path)));
  assertEquals(isMiss(error), true);
  assertEquals(error.message.startsWith("the stored value does not fit: $.rows[0].score: Invalid key"), true);
});

Deno.test("a table in which every row is wrong gives a short message", async () => {
  const rows = Array.from({ length: 1000 }, () => ({ score: 2 }));
  const error = await assertRejects(async () =>
    await validated(jsonCacher(), Scores).save({ rows }, at(temporary()))
  );
  assertEquals(error.message.endsWith("; and 997 more"), true);
});

Deno.test("the value passes unchanged: what the schema makes of it is not used", async () => {
  const path = temporary();
  const cacher = validated(
    jsonCacher<{ a: string; b: number }>(),
    v.object({ a: v.pipe(v.string(), v.toUpperCase()) }),
  );
  await cacher.save({ a: "x", b: 1 }, at(path));
  assertEquals(JSON.parse(Deno.readTextFileSync(path)), { a: "x", b: 1 });
  assertEquals(await cacher.load(at(path)), { a: "x", b: 1 });
});

Deno.test("a schema may answer later, be a function, and name paths by its own objects", async () => {
  const issue = { message: "wrong", path: [{ key: "a b" }, 0, Symbol("s")] };
  const schema: StandardSchema = Object.assign(() => {}, {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => Promise.resolve(value === 1 ? { value } : { issues: [issue] }),
    },
  });
  const path = temporary();
  await validated(jsonCacher(), schema).save(1, at(path));
  assertEquals(await validated(jsonCacher(), schema).load(at(path)), 1);
  await assertRejects(
    async () => await validated(jsonCacher(), schema).save(2, at(path)),
    TypeError,
    '$["a b"][0]',
  );
});

Deno.test("what is no Standard Schema is refused where it is given", () => {
  for (
    const odd of [undefined, null, {}, { "~standard": { version: 2, validate: () => {} } }, {
      "~standard": { version: 1 },
    }]
  ) {
    assertThrows(
      () => validated(jsonCacher(), odd as never),
      TypeError,
      'it has no "~standard" of version 1',
    );
  }
});
