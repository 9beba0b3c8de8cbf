/**
 * Writing CSV (RFC 4180) as bytes.
 *
 * @module
 */
import { cellText, type CsvColumn, headerText } from "./csv_column.ts";
import { cellOf, type Table } from "./table_columns.ts";

/** How long a text is let grow before its bytes are taken. */
const PIECE = 2 ** 20;

/**
 * The bytes of a table, piece by piece: so it may be longer than a text can be.
 *
 * @param table The table.
 * @param described What is said of its columns, each of whose cells can be kept.
 * @returns Pieces of UTF-8, to be written one after another; none where there is no column.
 * @throws {RangeError} If one row makes a text that is too long for the engine.
 */
export function csvPieces({ rows, columns }: Table, described: readonly CsvColumn[]): Uint8Array[] {
  if (columns.length === 0) return [];
  const encoder = new TextEncoder();
  const alone = columns.length === 1;
  const pieces: Uint8Array[] = [];
  let text = `${columns.map(({ name }) => quoted(headerText(name, alone))).join()}\r\n`;
  for (const row of rows) {
    for (let c = 0; c < columns.length; c++) {
      const cell = cellOf(row, columns[c]!);
      const as = described[c]!;
      if (c > 0) text += ",";
      // A finite number but zero, the most usual of all, is neither marked nor quoted.
      text += typeof cell === "number" && cell !== 0 && as.type === "number"
        ? String(cell)
        : quoted(cellText(cell, as));
    }
    text += "\r\n";
    if (text.length < PIECE) continue;
    pieces.push(encoder.encode(text));
    text = "";
  }
  if (text !== "") pieces.push(encoder.encode(text));
  return pieces;
}

/** A cell as it is written: within quotes where something in it would end it. */
function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
