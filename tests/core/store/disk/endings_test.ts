/** All that has to be closed is, and the first error is the one that is told. */
import { assertEquals, assertRejects } from "@std/assert";
import { closing, endAll } from "../../../../core/store/disk/endings.ts";

const failing = (message: string) => () => {
  throw new Error(message);
};

Deno.test("all are closed, whichever throws, and the first of them is told", () => {
  const closed: string[] = [];
  const close = (name: string) => () => void closed.push(name);
  const ended = endAll([close("a"), failing("first"), close("b"), failing("second"), close("c")]);
  assertEquals((ended?.error as Error).message, "first");
  assertEquals(closed, ["a", "b", "c"]);
  assertEquals(endAll([close("d")]), undefined);
});

Deno.test("why the work failed is what is told, not that closing failed too", async () => {
  assertEquals(await closing(() => {}, () => 5), 5);
  await assertRejects(() => closing(failing("closing"), failing("work")), Error, "work");
  await assertRejects(() => closing(failing("closing"), () => 5), Error, "closing");
});
