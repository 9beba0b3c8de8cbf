/**
 * Arrow IPC files, by `@uwdata/flechette`.
 *
 * The format: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 *
 * @module
 */
import { Buffer, isUtf8 } from "node:buffer";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Column, DataType, Table } from "@uwdata/flechette";
import type { ReadColumn } from "./columnar_load.ts";
import type { StoredTable } from "./columnar_save.ts";
import { sliceText } from "./read_text.ts";
import type { Storage, StoredColumn } from "./stored_column.ts";

type Flechette = typeof import("@uwdata/flechette");

/** What a file begins and ends with. */
const MAGIC = "ARROW1";

/** What each message of a stream begins with. */
const CONTINUATION = Buffer.alloc(4, 0xff);

/** How many rows a batch has at most. */
const BATCH_ROWS = 2 ** 16;

/** How many bytes of text a batch may have: positions in it are 32-bit numbers. */
const BATCH_BYTES = 2 ** 30;

/** Loads the library, and tells it how zstd goes. */
async function library(): Promise<Flechette> {
  const flechette = await import("@uwdata/flechette");
  const { CompressionType, setCompressionCodec } = flechette;
  setCompressionCodec(CompressionType.ZSTD, {
    encode: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
    decode: (bytes) => zstdDecompressSync(bytes),
  });
  return flechette;
}

/**
 * A table as an Arrow IPC file.
 *
 * @param table The table.
 * @param isCompressed Whether its buffers are compressed, with zstd.
 * @returns The pieces of the file, one after another.
 */
export async function writeArrow(table: StoredTable, isCompressed: boolean): Promise<Uint8Array[]> {
  const flechette = await library();
  const maxBatchRows = batchRows(table);
  const columns = table.columns.map(({ name, ...column }): [string, Column<unknown>] => {
    const type = typeOf(column, flechette);
    return [name, flechette.columnFromArray(column.values as unknown[], type, { maxBatchRows })];
  });
  const pieces: Uint8Array[] = [];
  flechette.tableToIPC(flechette.tableFromColumns(columns), {
    format: "file",
    codec: isCompressed ? flechette.CompressionType.ZSTD : null,
    // What the library would do, but for putting all pieces into one array in the end.
    sink: {
      write: (bytes) => void pieces.push(bytes),
      pad: (count) => void pieces.push(new Uint8Array(count)),
      finish: () => null,
    },
  });
  return pieces;
}

/** The column's type; undefined for a typed array that the library takes as it is. */
function typeOf({ storage, values }: StoredColumn, flechette: Flechette): DataType | undefined {
  const isAsIs = ArrayBuffer.isView(values) && values.length > 0 && storage !== "float16" &&
    !(values instanceof Uint8ClampedArray);
  return isAsIs ? undefined : TYPES[storage](flechette);
}

const TYPES: Readonly<Record<Storage, (flechette: Flechette) => DataType>> = {
  int8: ({ int8 }) => int8(),
  uint8: ({ uint8 }) => uint8(),
  int16: ({ int16 }) => int16(),
  uint16: ({ uint16 }) => uint16(),
  int32: ({ int32 }) => int32(),
  uint32: ({ uint32 }) => uint32(),
  int64: ({ int64 }) => int64(),
  uint64: ({ uint64 }) => uint64(),
  float16: ({ float16 }) => float16(),
  float32: ({ float32 }) => float32(),
  float64: ({ float64 }) => float64(),
  boolean: ({ bool }) => bool(),
  string: ({ utf8 }) => utf8(),
  json: ({ utf8 }) => utf8(),
  timestamp: ({ timestamp, TimeUnit }) => timestamp(TimeUnit.MILLISECOND, "UTC"),
  bytes: ({ binary }) => binary(),
};

/**
 * How many rows a batch may have so that no column of it is too long.
 *
 * @param table The table.
 * @param most How many bytes a column of a batch may have: a single row may have more.
 * @returns A power of two.
 */
export function batchRows({ columns }: Pick<StoredTable, "columns">, most = BATCH_BYTES): number {
  const lists = columns.filter(({ storage }) => ["string", "json", "bytes"].includes(storage))
    .map(({ values }) => values as readonly (string | Uint8Array | null)[]);
  let rows = BATCH_ROWS;
  while (rows > 1 && lists.some((values) => isTooLong(values, rows, most))) rows /= 2;
  return rows;
}

function isTooLong(values: readonly (string | Uint8Array | null)[], rows: number, most: number): boolean {
  let bytes = 0;
  for (let i = 0; i < values.length; i++) {
    if (i % rows === 0) bytes = 0;
    const value = values[i];
    // No UTF-16 unit takes more than three bytes.
    bytes += typeof value === "string" ? 3 * value.length : value?.length ?? 0;
    if (bytes > most && i % rows > 0) return true;
  }
  return false;
}

/**
 * The columns of an Arrow IPC file, or of a stream that was written to one.
 *
 * @param bytes The file.
 * @returns Its columns, and how many rows it has.
 * @throws {Error} If it is none.
 */
export async function readArrow(
  bytes: Uint8Array,
): Promise<{ columns: ReadColumn[]; rows: number }> {
  checkEnds(bytes);
  const flechette = await library();
  const table = await tableOf(bytes, flechette);
  const columns = table.children.map((column, i) => ({
    name: String(table.names[i]),
    values: valuesOf(column, flechette),
  }));
  return { columns, rows: table.numRows };
}

/** The library takes a file for what it is not, and one that is cut off for an empty one. */
function checkEnds(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, end] = [buffer.subarray(0, MAGIC.length), buffer.subarray(-MAGIC.length)].map(String);
  if (start === MAGIC && (end !== MAGIC || bytes.length < 4 * MAGIC.length)) {
    throw new Error("it begins as an Arrow file and does not end as one; part of it is missing");
  }
  if (start !== MAGIC && !buffer.subarray(0, 4).equals(CONTINUATION)) {
    throw new Error("it begins neither as an Arrow file nor as a stream of Arrow messages");
  }
}

async function tableOf(bytes: Uint8Array, flechette: Flechette): Promise<Table> {
  const { CompressionType, getCompressionCodec, setCompressionCodec, tableFromIPC } = flechette;
  const read = () => tableFromIPC(bytes, { useBigInt: true, useDate: true });
  try {
    return read();
  } catch (error) {
    // Only the table tells how it is compressed, and few that are so need one library more.
    const isLz4 = error instanceof Error && error.message.includes("LZ4_FRAME");
    if (!isLz4 || getCompressionCodec(CompressionType.LZ4_FRAME) !== null) throw error;
    const { default: lz4 } = await import("lz4js");
    setCompressionCodec(CompressionType.LZ4_FRAME, { encode: lz4.compress, decode: lz4.decompress });
    return read();
  }
}

function valuesOf(column: Column<unknown>, { Type }: Flechette): ArrayLike<unknown> {
  const isText = (type?: DataType) => type?.typeId === Type.Utf8 || type?.typeId === Type.LargeUtf8;
  const { type } = column;
  if (isText(type)) return textsOf(column);
  return type?.typeId === Type.Dictionary && isText(type.dictionary) ? entriesOf(column) : column.toArray();
}

/** Texts of which each is kept once, in a dictionary, and told by its place there: such as categories of pandas. */
function entriesOf({ data, length }: Column<unknown>): (string | null)[] {
  const known = new Map<Column<unknown>, (string | null)[]>();
  const texts = new Array<string | null>(length);
  let row = 0;
  for (const batch of data) {
    const { values, nullCount } = batch;
    // Batches of this sort alone have it, and the library has no type for them.
    const { dictionary } = batch as unknown as { readonly dictionary: Column<unknown> };
    const entries = known.get(dictionary) ?? textsOf(dictionary);
    known.set(dictionary, entries);
    for (let i = 0; i < batch.length; i++) {
      const entry = nullCount === 0 || batch.isValid(i) ? entries[Number(values[i])] : null;
      if (entry === undefined) throw new Error("its dictionary of texts lacks one that it tells of");
      texts[row++] = entry;
    }
  }
  return texts;
}

/** The library's own reading drops a byte order mark at the start of a text, and takes several times as long. */
function textsOf({ data, length }: Column<unknown>): (string | null)[] {
  const texts = new Array<string | null>(length);
  let row = 0;
  for (const batch of data) {
    const { values, offsets, nullCount } = batch;
    const bytes = Buffer.from(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    if (!isUtf8(bytes)) throw new Error("a text in it is not UTF-8");
    for (let i = 0; i < batch.length; i++) {
      const isThere = nullCount === 0 || batch.isValid(i);
      texts[row++] = isThere ? sliceText(bytes, "utf8", Number(offsets[i]), Number(offsets[i + 1])) : null;
    }
  }
  return texts;
}
