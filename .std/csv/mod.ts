/** Stand-in for `@std/csv`: `parse` and `stringify` over rows of strings, from csv-parse and csv-stringify. */
import { parse as parseRows } from "csv-parse/sync";
import { stringify as stringifyRows } from "csv-stringify/sync";

export interface ParseOptions {
  separator?: string;
}

export function parse(input: string, options: ParseOptions = {}): string[][] {
  return parseRows(input, {
    bom: true,
    delimiter: options.separator ?? ",",
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n"],
  });
}

export interface StringifyOptions {
  headers?: boolean;
  separator?: string;
}

export function stringify(data: readonly (readonly unknown[])[], options: StringifyOptions = {}): string {
  return stringifyRows(data as unknown[][], {
    delimiter: options.separator ?? ",",
    record_delimiter: "\r\n",
    quoted_match: /[\r\n]/,
  });
}
