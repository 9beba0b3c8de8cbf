/** Stand-in for `@std/csv`: `parse` and `stringify` over rows of strings, from csv-parse and csv-stringify. */
import { parse as parseRows } from "csv-parse/sync";
import { stringify as stringifyRows } from "csv-stringify/sync";

export interface ParseOptions {
  separator?: string;
}

/** Like `@std/csv`: a line break within quotes comes back as `\n`, and a lone `\r` at the very end is dropped. */
export function parse(input: string, options: ParseOptions = {}): string[][] {
  const rows = parsed(
    input.endsWith("\r") ? input.slice(0, -1) : input,
    options.separator ?? ",",
  );
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      if (cell.includes("\r\n")) row[i] = cell.replaceAll("\r\n", "\n");
    }
  }
  return rows;
}

function parsed(input: string, delimiter: string): string[][] {
  try {
    return parseRows(input, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n"],
    });
  } catch (error) {
    throw new SyntaxError((error as Error).message);
  }
}

export interface StringifyOptions {
  /** Only without: with no `columns`, `@std/csv` would write an empty line in the headers' place. */
  headers: false;
  separator?: string;
}

export function stringify(data: string[][], options: StringifyOptions): string {
  return stringifyRows(data, {
    delimiter: options.separator ?? ",",
    record_delimiter: "\r\n",
    quoted_match: /\n/,
  });
}
