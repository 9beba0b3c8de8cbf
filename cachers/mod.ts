/**
 * Cachers: how values of many sorts are saved and loaded.
 *
 * @module
 */
export { arrayCacher, type ArrayOptions } from "./array_cacher.ts";
export type { ArrayType, TypedArray } from "./array_types.ts";
export type { ArrayValue, ShapedArray } from "./array_value.ts";
export { bytesCacher } from "./bytes_cacher.ts";
export type { Columns } from "./columnar_load.ts";
export type {
  ArrowCompression,
  ArrowOptions,
  ParquetCompression,
  ParquetOptions,
} from "./columnar_options.ts";
export { csvCacher, type CsvOptions } from "./csv_cacher.ts";
export { fileReferenceCacher } from "./file_reference_cacher.ts";
export { jsonCacher } from "./json_cacher.ts";
export { jsonLinesCacher } from "./json_lines_cacher.ts";
export { jsonTableCacher } from "./json_table_cacher.ts";
export { linesCacher } from "./lines_cacher.ts";
export { notebookCacher } from "./notebook_cacher.ts";
export { pathCacher } from "./path_cacher.ts";
export { structuredCacher } from "./structured_cacher.ts";
export { type ColumnsOptions, tableCacher, type TableOptions } from "./table_cacher.ts";
export type { ScalarType } from "./table_columns.ts";
export { textCacher } from "./text_cacher.ts";
