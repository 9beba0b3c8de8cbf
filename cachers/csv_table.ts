/**
 * Tables to CSV, and back.
 *
 * @module
 */
import type { Artifact } from "../core/define/cacher.ts";
import { quote } from "../core/define/json_value.ts";
import type { ScalarType } from "./columnar_options.ts";
import { cellReader, checkColumn, type CsvColumn, describeColumn, headerText } from "./csv_column.ts";
import { type CsvRecords, csvRecords } from "./csv_reader.ts";
import { csvPieces } from "./csv_writer.ts";
import { ABSENT, cellPath, knownColumns, setCell, tableOf } from "./table_columns.ts";

/** Rows without keys are in the metadata alone, as a number, and a number may be false. */
const KEYLESS_ROWS = 1_000_000;

/**
 * Rows as CSV.
 *
 * @param value The rows.
 * @param extra Takes what the text does not tell: the columns' types, and how many rows there are.
 * @param what What was tried, as a message begins.
 * @returns Pieces of UTF-8, to be written one after another.
 * @throws {TypeError} If it is no list of plain records, or holds what can't be kept; the message names where.
 * @throws {RangeError} If one row makes a text that is too long for the engine.
 */
export function csvOf(value: readonly object[], extra: Artifact["extra"], what: string): Uint8Array[] {
  const table = tableOf(value, what);
  const { rows, columns } = table;
  if (columns.length === 0 && rows.length > KEYLESS_ROWS) {
    throw new TypeError(
      `${what}: $ is ${rows.length} rows of which none has a key; keep their number instead`,
    );
  }
  const described = columns.map((column) => describeColumn(table, column));
  for (const [i, column] of columns.entries()) checkColumn(table, column, described[i]!, what);
  const pieces = csvPieces(table, described);
  extra.rows = rows.length;
  extra.columns = described;
  return pieces;
}

/**
 * The rows of a CSV file.
 *
 * @param bytes The file.
 * @param extra What {@linkcode csvOf} left there; nothing where another program wrote the file.
 * @param types The types of columns by name, for such a file.
 * @param what What was tried, as a message begins.
 * @returns The rows.
 * @throws {SyntaxError} If the file is not as its metadata or the types say.
 * @throws {TypeError} If it is no UTF-8, or a cell is longer than a text can be.
 */
export function rowsOf(
  bytes: Uint8Array,
  extra: Artifact["extra"],
  types: Readonly<Record<string, ScalarType>>,
  what: string,
): Record<string, unknown>[] {
  const records = csvRecords(bytes, what);
  const header = Array.from({ length: records.next() }, (_, i) => records.text(i));
  const known = knownColumns<CsvColumn>(extra.columns, what, ["null", "absent", "blank"]);
  if (known === undefined) return typedRows(records, untyped(header, types, what), what);
  const names = known.map(({ name }) => headerText(name, known.length === 1));
  if (
    header.length !== names.length || header.some((cell, i) => cell !== names[i])
  ) {
    throw new SyntaxError(
      `${what}: its header is ${list(header)}, wanted ${list(names)} as its metadata says`,
    );
  }
  // No column, no line.
  const keyless = typeof extra.rows === "number" && extra.rows <= KEYLESS_ROWS ? extra.rows : 0;
  const rows = known.length === 0
    ? Array.from({ length: keyless }, () => ({}))
    : typedRows(records, known, what);
  if (rows.length !== extra.rows) {
    throw new SyntaxError(
      `${what}: it has ${rows.length} rows, wanted ${quote(extra.rows)} as its metadata says`,
    );
  }
  return rows;
}

/** The columns of a file without metadata. */
function untyped(
  header: readonly string[],
  types: Readonly<Record<string, ScalarType>>,
  what: string,
): CsvColumn[] {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new SyntaxError(`${what}: its header names ${quote(twice)} twice; rename one`);
  }
  const broken = header.find((name) => name.includes("\r"));
  if (broken !== undefined) {
    throw new SyntaxError(
      `${what}: its header has a carriage return in ${quote(broken)}; end its lines with line feeds`,
    );
  }
  const lacking = Object.keys(types).find((name) => !header.includes(name));
  if (lacking !== undefined) {
    throw new SyntaxError(
      `${what}: its header ${list(header)} lacks ${quote(lacking)}, which "columns" names`,
    );
  }
  return header.map((name) => {
    const type = Object.hasOwn(types, name) ? types[name]! : "string";
    return type === "string" ? { name, type } : { name, type, null: "" };
  });
}

function typedRows(
  records: CsvRecords,
  columns: readonly CsvColumn[],
  what: string,
): Record<string, unknown>[] {
  const readers = columns.map(cellReader);
  const rows: Record<string, unknown>[] = [];
  for (let length = records.next(); length > 0; length = records.next()) {
    if (length !== columns.length) {
      throw new SyntaxError(
        `${what}: its row ${rows.length + 1} has ${length} cells, wanted ${columns.length}`,
      );
    }
    const row: Record<string, unknown> = {};
    for (let c = 0; c < length; c++) {
      const { name, type } = columns[c]!;
      const value = readers[c]!(records, c);
      if (value === undefined) {
        const found = quote(records.text(c));
        throw new SyntaxError(`${what}: ${cellPath(rows.length, name)} is ${found}, wanted a ${type}`);
      }
      if (value !== ABSENT) setCell(row, name, value);
    }
    rows.push(row);
  }
  return rows;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "empty" : names.map(quote).join(", ");
}
