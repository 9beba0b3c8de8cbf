/**
 * A cacher of tables in a binary format of columns.
 *
 * @module
 */
import type { Cacher, FileData } from "../core/define/cacher.ts";
import { quote, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { readBytes, writeBytes } from "../core/define/whole_file.ts";
import { asColumns, asRows, type ReadColumn, restoreColumns } from "./columnar_load.ts";
import { knownNotes } from "./columnar_note.ts";
import { kindOf, type Shape } from "./columnar_options.ts";
import { type StoredTable, storeTable } from "./columnar_save.ts";
import { cannotLoad, cannotSave } from "./read_text.ts";

/** Rows without keys are in the metadata alone, as a number, and a number may be false. */
const KEYLESS_ROWS = 1_000_000;

/** A format: how columns become bytes, and bytes columns. */
export interface ColumnarFormat {
  /** What messages call it. */
  readonly title: "Arrow" | "Parquet";
  readonly extension: string;
  /** Gives the bytes of a table; the same for the same table. */
  readonly write: (table: StoredTable) => Promise<FileData>;
  /** Gives the columns of a file, and how many rows it has. */
  readonly read: (
    bytes: Uint8Array<ArrayBuffer>,
  ) => Promise<{ readonly columns: readonly ReadColumn[]; readonly rows: number }>;
}

/**
 * A cacher of tables.
 *
 * @param format The format.
 * @param shape Whether a value is rows or columns.
 * @returns The cacher.
 */
export function columnarCacher<T>(
  { title, extension, write, read }: ColumnarFormat,
  shape: Shape,
): Cacher<T> {
  return ownCacher({
    extension,
    kind: kindOf(title, shape),
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, title);
      const table = withinLimits(what, () => storeTable(value, shape, what));
      if (table.columns.length === 0 && table.rows > KEYLESS_ROWS) {
        throw new TypeError(
          `${what}: $ is ${table.rows} rows of which none has a key; keep their number instead`,
        );
      }
      const data = await inWords(what, RangeError, () => write(table));
      artifact.extra.rows = table.rows;
      artifact.extra.columns = table.notes;
      await writeBytes(artifact, data, path);
    },
    load: async (artifact) => {
      const path = artifact.path();
      const what = cannotLoad(path, title);
      const notes = knownNotes(artifact.extra.columns, what);
      const bytes = await readBytes(artifact, path);
      const table = await inWords(what, SyntaxError, () => read(bytes));
      const wanted = notes === undefined ? table.rows : artifact.extra.rows;
      const rows = notes?.length === 0 ? keylessRows(wanted) : table.rows;
      if (rows !== wanted) {
        throw new SyntaxError(`${what}: it has ${rows} rows, wanted ${quote(wanted)} as its metadata says`);
      }
      const columns = restoreColumns(table.columns, notes, what);
      return (shape === "rows" ? asRows(columns, rows) : asColumns(columns, notes, what)) as T;
    },
  });
}

/** How many rows there are that have no key: no column tells. */
function keylessRows(rows: unknown): number {
  return typeof rows === "number" && Number.isInteger(rows) && rows >= 0 && rows <= KEYLESS_ROWS ? rows : 0;
}

/** What a library has to say of a table or a file, in words that begin as all messages do. */
async function inWords<R>(
  what: string,
  sort: new (message: string, options: ErrorOptions) => Error,
  go: () => Promise<R>,
): Promise<R> {
  try {
    return await go();
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    // What a library does not look at, the engine stumbles over.
    const isEngine = sort === SyntaxError && (error instanceof TypeError || error instanceof RangeError);
    throw new sort(`${what}: ${isEngine ? `it is damaged, or of a sort that is not known: ${said}` : said}`, {
      cause: error,
    });
  }
}
