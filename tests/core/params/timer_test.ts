import { assertEquals, assertRejects } from "@std/assert";
import { after, within } from "../../../core/params/timer.ts";

Deno.test("what takes too long is given up, and says how long it might have taken", async () => {
  const never = new Promise<number>(() => {});
  await assertRejects(() => within(5, "it", () => never), Error, 'it took longer than its "timeout" of 5 ms');
});

Deno.test("what had no turn since something kept the process busy gets its time", async () => {
  const work = within(20, "it", async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 1));
    return "done";
  });
  const busy = performance.now() + 200;
  while (performance.now() < busy); // as a stage that computes does
  assertEquals(await work, "done");
});

Deno.test("what is there in time is given, and so is what it throws", async () => {
  assertEquals(await within(60_000, "it", () => 1), 1);
  assertEquals(await within(undefined, "it", () => Promise.resolve(2)), 2);
  await assertRejects(
    () => within(60_000, "it", () => Promise.reject(new RangeError("no"))),
    RangeError,
    "no",
  );
});

Deno.test("a timer that is longer than timers can be does not fire at once, and can be cancelled", async () => {
  let fired = false;
  const cancel = after(2 ** 40, () => fired = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  cancel();
  assertEquals(fired, false);
});
