import { assert, assertEquals } from "@std/assert";
import { csvPieces } from "../../cachers/csv_writer.ts";

const columns = ["a", "b"].map((name) => ({ name, whole: true }));
const described = [{ name: "a", type: "string" as const }, { name: "b", type: "number" as const }];

function textOf(rows: Record<string, unknown>[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return csvPieces({ rows, columns }, described).map((piece) => decoder.decode(piece)).join("");
}

Deno.test("what would end a cell is quoted, and nothing else", () => {
  const rows = ["x", "a,b", 'say "hi"', "two\nlines", " padded ", "=1+1", "é"].map((a, b) => ({ a, b }));
  assertEquals(
    textOf(rows),
    'a,b\r\nx,0\r\n"a,b",1\r\n"say ""hi""",2\r\n"two\nlines",3\r\n padded ,4\r\n=1+1,5\r\né,6\r\n',
  );
});

Deno.test("numbers are written as they are read", () => {
  const numbers = [0, -0, 1e21, 5e-324, NaN, -Infinity, 0.1 + 0.2];
  const text = textOf(numbers.map((b) => ({ a: "x", b })));
  assertEquals(text.trimEnd().split("\r\n").slice(1).map((line) => Number(line.slice(2))), numbers);
});

Deno.test("a long table comes in pieces, each of whole rows, that make the same text", () => {
  const rows = Array.from({ length: 30_000 }, (_, b) => ({ a: "é".repeat(60), b }));
  const pieces = csvPieces({ rows, columns }, described);
  assert(pieces.length > 1, "it is one piece");
  assert(pieces.every((piece) => piece.at(-1) === 10), "a row is split");
  assertEquals(textOf(rows), `a,b\r\n${rows.map(({ a, b }) => `${a},${b}\r\n`).join("")}`);
});
