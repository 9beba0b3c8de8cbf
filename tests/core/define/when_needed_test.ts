/** What is imported when it is first needed. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { whenNeeded } from "../../../core/define/when_needed.ts";

Deno.test("what is needed is imported when it is first asked for, and once", async () => {
  let count = 0;
  const needed = whenNeeded(() => Promise.resolve({ nth: ++count }));
  assertEquals(count, 0);
  const [first, second] = await Promise.all([needed(), needed()]);
  assertStrictEquals(first, second);
  assertStrictEquals(await needed(), first);
  assertEquals(count, 1);
});
