import { Buffer } from "node:buffer";
import fc from "fast-check";
import { assertEquals, assertThrows } from "@std/assert";
import { csvRecords } from "../../cachers/csv_reader.ts";
import { sliceText } from "../../cachers/read_text.ts";

function recordsOf(text: string | Uint8Array): string[][] {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const records = csvRecords(bytes, "Cannot load it");
  const all: string[][] = [];
  for (let length = records.next(); length > 0; length = records.next()) {
    all.push(Array.from({ length }, (_, i) => records.text(i)));
  }
  return all;
}

const read: [string, string[][]][] = [
  ["", []],
  ["\ufeff", []],
  ["a", [["a"]]],
  ["a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]],
  ["a,b\nc,d", [["a", "b"], ["c", "d"]]],
  ["\ufeffa,\ufeffb", [["a", "\ufeffb"]]],
  ['\ufeff"a"', [["a"]]],
  [",\n,,\r\n", [["", ""], ["", "", ""]]],
  ["a,", [["a", ""]]],
  ["\n\r\na\n\n\r\nb\n\n", [["a"], ["b"]]],
  ['""\n"",""', [[""], ["", ""]]],
  ['"a,""b"""', [['a,"b"']]],
  ['"a\r\nb","c\nd"\r\n', [["a\nb", "c\nd"]]],
  ['"a\rb"', [["a\rb"]]],
  ["a\rb,\rc\r\n", [["a\rb", "\rc"]]],
  ["a\r\r\nb\r", [["a\r"], ["b"]]],
  ['"a"\r', [["a"]]],
  [" a , b ", [[" a ", " b "]]],
  ["é,€\n😀,a", [["é", "€"], ["😀", "a"]]],
  ['"é""€",a', [['é"€', "a"]]],
];
for (const [text, records] of read) {
  Deno.test(`reads ${JSON.stringify(text)}`, () => assertEquals(recordsOf(text), records));
}

const malformed: [string, string][] = [
  ['a\nb,c"d', "on line 2, a quote is within a cell that does not begin with one"],
  [' "a"', "on line 1, a quote is within a cell"],
  ['a\n\n"b\nc', "on line 3, a quote is opened that is never closed"],
  ['"', "on line 1, a quote is opened that is never closed"],
  ['"a"b', "on line 1, something follows a closing quote"],
  ['"a" ,b', "on line 1, something follows a closing quote"],
  ['"a"\rb', "on line 1, something follows a closing quote"],
];
for (const [text, message] of malformed) {
  Deno.test(`refuses ${JSON.stringify(text)}`, () => {
    assertThrows(() => recordsOf(text), SyntaxError, `Cannot load it: ${message}`);
  });
}

Deno.test("what is no UTF-8 is refused", () => {
  assertThrows(() => recordsOf(new Uint8Array([97, 0xff])), TypeError, "its 2 bytes are not UTF-8");
});

Deno.test("only the bytes that it was given are read", () => {
  assertEquals(recordsOf(new TextEncoder().encode('"xa,b"').subarray(2, 5)), [["a", "b"]]);
});

function numberOf(text: string): number | undefined {
  const records = csvRecords(new TextEncoder().encode(text), "Cannot load it");
  records.next();
  return records.number(0);
}

Deno.test("a short number is read without its text, to the last bit", () => {
  for (const text of ["0", "-0", "7", "007", "-12.50", "0.1", "123456.789", "9007199254740991"]) {
    assertEquals(numberOf(text), Number(text), text);
  }
  const digits = fc.stringMatching(/^-?\d{1,17}(\.\d{1,24})?$/);
  fc.assert(
    fc.property(digits, (text) => [undefined, Number(text)].some((n) => Object.is(n, numberOf(text)))),
  );
});

Deno.test("all else takes a look at its text", () => {
  const others = [
    "-",
    "",
    ".5",
    "5.",
    "1.2.3",
    "+1",
    "1e3",
    " 1",
    "NaN",
    "Infinity",
    "9007199254740993",
    "--1",
  ];
  for (const text of others) assertEquals(numberOf(`${text},x`), undefined, text);
});

Deno.test({
  name: "a text beyond 4 GiB is that text",
  ignore: Deno.build.os !== "linux", // elsewhere memory that is not written to may take its time too
  fn: () => {
    const start = 2 ** 32 + 10;
    const buffer = Buffer.from(new ArrayBuffer(start + 10));
    buffer.set([0x61, 0xc3, 0xa9], start);
    assertEquals(sliceText(buffer, "utf8", start, start + 3), "aé");
    assertEquals(sliceText(buffer, "latin1", start, start + 1), "a");
  },
});
