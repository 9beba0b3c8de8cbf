/** Sizes as people write them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bytesOf, sizeText } from "../../../core/params/size.ts";

Deno.test("a size is a number of bytes, or a number with its unit", () => {
  const given: [string, number][] = [
    ["0", 0],
    ["1000", 1000],
    ["1000B", 1000],
    ["500MB", 500e6],
    ["10GB", 10e9],
    ["10 GB", 10e9],
    ["10gb", 10e9],
    ["10G", 10e9],
    ["1.5 GiB", 1.5 * 2 ** 30],
    ["2KiB", 2048],
    ["2Ki", 2048],
    ["0.5kB", 500],
    ["1.2 TB", 1.2e12],
    ["3PiB", 3 * 2 ** 50],
    ["0.0001 kB", 0],
  ];
  for (const [text, bytes] of given) assertEquals(bytesOf("x", text), bytes, text);
});

for (
  const text of [
    "",
    "GB",
    "-1",
    "-1GB",
    "1e9",
    "0x10",
    "1,5GB",
    ".5GB",
    "5.",
    "10  GB",
    " 1",
    "1 ",
    "10GBs",
    "1iB",
    "5EB",
    "many",
    "1\n",
    "9".repeat(400),
  ]
) {
  Deno.test(`${Deno.inspect(text).slice(0, 40)} is no size`, () => {
    assertThrows(() => bytesOf("--max-size", text), TypeError, "Cannot use --max-size");
  });
}

Deno.test("a size in words", () => {
  const given = [0, 1, 999, 1000, 1500, 999_499, 999_500, 1_000_000, 12_345_678_901, 2e15, 3e18];
  assertEquals(given.map(sizeText), [
    "0 B",
    "1 B",
    "999 B",
    "1 kB",
    "1.5 kB",
    "999 kB",
    "1 MB",
    "1 MB",
    "12.3 GB",
    "2 PB",
    "3000 PB",
  ]);
});

Deno.test("a size in words is read back as that size, to three digits", () => {
  fc.assert(fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (bytes) => {
    const back = bytesOf("x", sizeText(bytes));
    assert(Math.abs(back - bytes) <= 0.005 * bytes, `${bytes} came back as ${back}`);
  }));
});

Deno.test("whatever is written, it is a whole number of bytes or refused in words", () => {
  const pieces = fc.constantFrom(..."0159.kKmMgGiIbB -+e".split(""));
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(pieces).map((all) => all.join(""))), (text) => {
    try {
      const bytes = bytesOf("x", text);
      assert(Number.isInteger(bytes) && bytes >= 0);
    } catch (error) {
      assert(error instanceof TypeError && error.message.startsWith("Cannot use x "));
    }
  }));
});
