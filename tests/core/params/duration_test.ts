/** Durations as people write them. */
import { assertEquals, assertThrows } from "@std/assert";
import { durationText, milliseconds } from "../../../core/params/duration.ts";

Deno.test("a duration is a number of milliseconds, or a number with its unit", () => {
  const given = [0, 1500, Infinity, "250ms", "90s", "1.5h", "12 h", "1d", "2w", "3m"];
  assertEquals(given.map((value) => milliseconds("x", value)), [
    0,
    1500,
    Infinity,
    250,
    90_000,
    5_400_000,
    43_200_000,
    86_400_000,
    1_209_600_000,
    180_000,
  ]);
});

for (const value of [-1, NaN, "", "1", "d", "-1d", "1 day", "1d ", "0x1s", null, true, 1n]) {
  Deno.test(`${Deno.inspect(value)} is no duration`, () => {
    assertThrows(() => milliseconds("x", value), TypeError, "Cannot use x");
  });
}

Deno.test("a duration in words", () => {
  assertEquals([0, 250, 1000, 1500, 60_000, 7_200_000, 90_000_000].map(durationText), [
    "0 ms",
    "250 ms",
    "1 s",
    "1.5 s",
    "1 min",
    "2 h",
    "1.04 d",
  ]);
});
