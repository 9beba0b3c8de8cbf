/**
 * Tables as CSV.
 *
 * @module
 */
import type { Artifact, Cacher } from "../core/define/cacher.ts";
import { quote, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readBytes, writeBytes } from "../core/define/whole_file.ts";
import { cellReader, checkColumn, type CsvColumn, describeColumn, headerText } from "./csv_column.ts";
import { type CsvRecords, csvRecords } from "./csv_reader.ts";
import { csvPieces } from "./csv_writer.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";
import {
  ABSENT,
  cellPath,
  knownColumns,
  SCALAR_TYPES,
  type ScalarType,
  setCell,
  tableOf,
} from "./table_columns.ts";

/** How a CSV file that no cacher wrote is read. */
export interface CsvOptions {
  /**
   * The types of columns by name: `{ age: "number" }`. The others are text. A date is one of ISO 8601 (`2026-01-31`,
   * `2026-01-31T12:00:00Z`, `2026-01-31 12:00`), of this machine's time zone where it has a time and no zone.
   */
  readonly columns?: Readonly<Record<string, ScalarType>>;
}

/** Rows without keys are in the metadata alone, as a number, and a number may be false. */
const KEYLESS_ROWS = 1_000_000;

/**
 * Keeps rows of plain records as CSV, with a header. Types come back as they went in.
 *
 * Numbers (`NaN`, `-0` and the infinities too), texts, booleans, dates, bigints, null and keys that a row lacks are
 * kept; a column of several types, of lists or of records is written as JSON. The columns' types lie in
 * `artifact.extra`. Columns stand in the order in which their names first appear, and so do the keys of each row that
 * comes back. A row without a prototype comes back with the usual one.
 *
 * Loaded without metadata, as from a file that another program wrote, each cell is text, or what `options.columns`
 * says: there, an empty cell is null.
 *
 * @typeParam Row One row.
 * @param options How a file without metadata is read.
 * @returns A cacher of lists of rows: `.csv`, kind `csv`. Its `save` rejects with a `TypeError` that names the path of
 * what it can't keep (`$[3].when`), its `load` with a `SyntaxError` where the file is not as its metadata says.
 * @throws {TypeError} If an option is not one of the types.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { csvCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/penguins.csv`;
 * const rows = [{ species: "Adelie", mass: 3750 }, { species: "Gentoo", mass: null }];
 * const place = at(path);
 * await csvCacher<typeof rows[number]>().save(rows, place);
 * assertEquals(await Deno.readTextFile(path), "species,mass\r\nAdelie,3750\r\nGentoo,\r\n");
 * assertEquals(await csvCacher<typeof rows[number]>().load(place), rows);
 *
 * // No metadata: the types are said here.
 * assertEquals(await csvCacher<typeof rows[number]>({ columns: { mass: "number" } }).load(at(path)), rows);
 * ```
 */
export function csvCacher<Row extends object = Record<string, unknown>>(
  options: CsvOptions = {},
): Cacher<Row[]> {
  const { columns = {} } = options;
  for (const [name, type] of Object.entries(columns)) {
    if (SCALAR_TYPES.includes(type)) continue;
    throw new TypeError(
      `Cannot use ${quote(type)} as the type of column ${quote(name)}: it is one of ${
        SCALAR_TYPES.join(", ")
      }`,
    );
  }
  return ownCacher({
    extension: ".csv",
    kind: "csv",
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, "CSV");
      const pieces = withinLimits(what, () => piecesOf(value, artifact.extra, what));
      await writeBytes(artifact, pieces, path);
    },
    load: async (artifact) => {
      const path = artifact.path();
      const what = cannotLoad(path, "CSV");
      return rowsFrom(csvRecords(await readBytes(artifact, path), what), artifact, columns, what) as Row[];
    },
  });
}

function piecesOf(value: readonly object[], extra: Artifact["extra"], what: string): Uint8Array[] {
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

function rowsFrom(
  records: CsvRecords,
  { extra }: Artifact,
  types: Readonly<Record<string, ScalarType>>,
  what: string,
): Record<string, unknown>[] {
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
