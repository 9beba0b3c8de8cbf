/**
 * Parquet files, by `hyparquet` and `hyparquet-writer`.
 *
 * The format: https://parquet.apache.org/docs/file-format/
 *
 * @module
 */
import { brotliDecompressSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Compressors, FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import type { ColumnSource } from "hyparquet-writer";
import { quote } from "../core/define/json_value.ts";
import type { ReadColumn } from "./columnar_load.ts";
import type { ParquetCompression } from "./columnar_options.ts";
import type { StoredTable } from "./columnar_save.ts";
import type { Storage, StoredColumn } from "./stored_column.ts";

const CODECS = { snappy: "SNAPPY", zstd: "ZSTD", gzip: "GZIP", none: "UNCOMPRESSED" } as const;

/** Rows of a row group: what a reader holds at a time, and may leave out whole. */
const GROUP_ROWS = 100_000;

/**
 * A table as a Parquet file.
 *
 * @param table The table.
 * @param compression How its pages are compressed.
 * @returns The file.
 */
export async function writeParquet(
  table: StoredTable,
  compression: ParquetCompression,
): Promise<Uint8Array> {
  const { ByteWriter, parquetWrite } = await import("hyparquet-writer");
  const writer = new ByteWriter();
  const columns = table.columns.map(({ name, ...column }) => ({ ...sourceOf(column), name }));
  const schema: SchemaElement[] = [
    { name: "root", num_children: table.columns.length },
    ...table.columns.map(({ name, storage, nullable }): SchemaElement => ({
      name,
      ...ELEMENTS[storage],
      repetition_type: nullable ? "OPTIONAL" : "REQUIRED",
    })),
  ];
  await parquetWrite({
    writer,
    columnData: columns,
    schema,
    codec: CODECS[compression],
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes), GZIP: (bytes) => gzipSync(bytes) },
    rowGroupSize: GROUP_ROWS,
  });
  return writer.getBytes();
}

const ELEMENTS: Readonly<Record<Storage, Omit<SchemaElement, "name">>> = {
  int8: { type: "INT32", converted_type: "INT_8" },
  uint8: { type: "INT32", converted_type: "UINT_8" },
  int16: { type: "INT32", converted_type: "INT_16" },
  uint16: { type: "INT32", converted_type: "UINT_16" },
  int32: { type: "INT32" },
  uint32: { type: "INT32", converted_type: "UINT_32" },
  int64: { type: "INT64" },
  uint64: { type: "INT64", converted_type: "UINT_64" },
  float16: { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } },
  float32: { type: "FLOAT" },
  float64: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  // As text, since the library would write it anew from what it stands for.
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  timestamp: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
  },
  bytes: { type: "BYTE_ARRAY" },
};

function sourceOf({ storage, values }: StoredColumn): Omit<ColumnSource, "name"> {
  // The library takes these as a list alone.
  const data = storage === "uint32" ? Array.from(values) : values as ColumnSource["data"];
  // A dictionary, which the library makes of values that are repeated, would hold -0 as 0.
  const isFloat = storage.startsWith("float");
  return isFloat && (values as number[]).some((value) => Object.is(value, -0))
    ? { data, encoding: "PLAIN" }
    : { data };
}

/** What is not built into the library, but for LZ4, which takes one library more. */
async function decompressors({ row_groups }: FileMetaData): Promise<Compressors> {
  const builtIn: Compressors = {
    ZSTD: (bytes) => zstdDecompressSync(bytes),
    GZIP: (bytes) => gunzipSync(bytes),
    BROTLI: (bytes) => brotliDecompressSync(bytes),
  };
  if (!row_groups.some(({ columns }) => columns.some((column) => column.meta_data?.codec === "LZ4_RAW"))) {
    return builtIn;
  }
  const { default: lz4 } = await import("lz4js");
  const decompress = (bytes: Uint8Array, length: number) => {
    const output = new Uint8Array(length);
    lz4.decompressBlock(bytes, output, 0, bytes.length, 0);
    return output;
  };
  return { ...builtIn, LZ4_RAW: decompress };
}

/**
 * The columns of a Parquet file.
 *
 * @param bytes The file.
 * @returns Its columns, and how many rows it has.
 * @throws {Error} If it is none, or compressed with LZO, or with LZ4 in the old way.
 */
export async function readParquet(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<{ columns: ReadColumn[]; rows: number }> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import("hyparquet");
  const { buffer, byteOffset, byteLength } = bytes;
  const file = {
    byteLength,
    slice: (start: number, end = byteLength) => buffer.slice(byteOffset + start, byteOffset + end),
  };
  const metadata = await parquetMetadataAsync(file);
  const rows = Number(metadata.num_rows);
  const schema = parquetSchema(metadata);
  const names = schema.children.map(({ element }) => element.name);
  // Of two columns of one name the library would make one; the caller refuses them.
  if (names.length === 0 || new Set(names).size < names.length) {
    return { columns: names.map((name) => ({ name, values: [] })), rows };
  }
  checkColumns(metadata, schema);
  const chunks = new Map<string, Chunk[]>(names.map((name) => [name, []]));
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  await parquetRead({
    file,
    metadata,
    compressors: await decompressors(metadata),
    // What is not said to be text is bytes.
    utf8: false,
    // The library's own reading drops a byte order mark at the start of a text.
    parsers: { stringFromBytes: (bytes) => decoder.decode(bytes) },
    onChunk: ({ columnName, columnData, rowStart }) => {
      chunks.get(columnName)?.push({ rowStart, values: columnData });
    },
  });
  return { columns: names.map((name) => ({ name, values: joined(chunks.get(name)!, rows, name) })), rows };
}

/**
 * The library has begun to read the columns before one that it does not know, and waits for none of those then: if the
 * file is damaged there as well, that is an error that nothing catches, of which the process ends.
 */
function checkColumns({ row_groups }: FileMetaData, schema: SchemaTree): void {
  const known = new Set(leavesOf(schema).map((path) => JSON.stringify(path)));
  for (const { columns } of row_groups) {
    const rest = new Set(known);
    for (const { meta_data } of columns) {
      if (meta_data === undefined || rest.delete(JSON.stringify(meta_data.path_in_schema))) continue;
      const path = meta_data.path_in_schema.join(".");
      throw new Error(`it has values of a column ${quote(path)} that its schema does not have, or twice`);
    }
  }
}

function leavesOf({ children, path }: SchemaTree): readonly (readonly string[])[] {
  return children.length === 0 ? [path] : children.flatMap(leavesOf);
}

/** Values of one column, in the order of rows, from one of them on. */
interface Chunk {
  readonly rowStart: number;
  readonly values: ArrayLike<unknown>;
}

/** All values of a column: a typed array where each chunk is one. */
function joined(chunks: readonly Chunk[], rows: number, name: string): ArrayLike<unknown> {
  const parts = chunks.toSorted((a, b) => a.rowStart - b.rowStart).map(({ values }) => values);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length !== rows) throw new Error(`its column ${quote(name)} has ${length} values, wanted ${rows}`);
  const [first] = parts;
  const isTyped = ArrayBuffer.isView(first) && parts.every((part) => part.constructor === first.constructor);
  if (!isTyped) return parts.flatMap((part) => Array.from(part));
  const all = new (first.constructor as Float64ArrayConstructor)(length);
  let end = 0;
  // All are of one type, whichever it is: that was just looked at.
  for (const part of parts as unknown as Float64Array[]) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
