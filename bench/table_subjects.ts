/**
 * What is measured of tables: the same million rows, saved and loaded by libraries and by Cairn.
 *
 * @module
 */
import { loadFrom, saveAs } from "@cairn/cairn";
import { csvCacher } from "@cairn/cairn/cachers";

/** One row: two whole numbers, two others, a text. */
export interface PlainRow {
  readonly id: number;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly species: string;
}

/** The same as columns. */
export interface PlainColumns {
  readonly id: Int32Array;
  readonly count: Int32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly species: string[];
}

/** How a table is saved to a path, and loaded from it with its types. */
export interface Subject {
  readonly save?: (rows: PlainRow[], path: string) => Promise<void>;
  readonly load: (path: string) => Promise<unknown>;
  /** Whose file it loads, where it saves none. */
  readonly of?: string;
}

const NUMBERS = ["id", "count", "x", "y"] as const;
const SPECIES = ["Adelie", "Gentoo", "Chinstrap"];

/**
 * Rows that are the same each time.
 *
 * @param count How many.
 * @returns The rows; their numbers have all the digits that a number can.
 */
export function rowsOf(count: number): PlainRow[] {
  let seed = 1;
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) * 2 ** 21 + (seed >>> 11)) / 2 ** 53;
  };
  return Array.from({ length: count }, (_, id) => ({
    id,
    count: Math.floor(random() * 1000),
    x: random(),
    y: random() * 100 - 50,
    species: `${SPECIES[id % 3]} ${Math.floor(random() * 10_000)}`,
  }));
}

function columnsOf(rows: readonly PlainRow[]): PlainColumns {
  return {
    id: Int32Array.from(rows, ({ id }) => id),
    count: Int32Array.from(rows, ({ count }) => count),
    x: Float64Array.from(rows, ({ x }) => x),
    y: Float64Array.from(rows, ({ y }) => y),
    species: rows.map(({ species }) => species),
  };
}

/** The quickest that a reader of texts can do who knows which columns are numbers. */
function typed(row: Record<string, string>): Record<string, unknown> {
  const typed: Record<string, unknown> = row;
  for (const name of NUMBERS) typed[name] = Number(row[name]);
  return typed;
}

const CSV: Readonly<Record<string, Subject>> = {
  "@std/csv": {
    save: async (rows, path) => {
      const { stringify } = await import("@std/csv");
      const cells = rows.map((row) => Object.values(row).map(String));
      await Deno.writeTextFile(path, stringify([Object.keys(rows[0]!), ...cells], { headers: false }));
    },
    load: async (path) => {
      const { parse } = await import("@std/csv");
      const [header, ...rows] = parse(await Deno.readTextFile(path));
      return rows.map((row) => typed(Object.fromEntries(row.map((cell, i) => [header![i]!, cell]))));
    },
  },
  "csv-parse": {
    save: async (rows, path) => {
      const { stringify } = await import("csv-stringify/sync");
      await Deno.writeTextFile(path, stringify(rows, { header: true }));
    },
    load: async (path) => {
      const { parse } = await import("csv-parse/sync");
      return (parse(await Deno.readTextFile(path), { columns: true }) as Record<string, string>[]).map(typed);
    },
  },
  "csv-parse, cast": {
    of: "csv-parse",
    load: async (path) => {
      const { parse } = await import("csv-parse/sync");
      return parse(await Deno.readTextFile(path), { columns: true, cast: true });
    },
  },
  "papaparse": {
    save: async (rows, path) => {
      const { default: papa } = await import("papaparse");
      await Deno.writeTextFile(path, papa.unparse(rows));
    },
    load: async (path) => {
      const { default: papa } = await import("papaparse");
      return papa.parse(await Deno.readTextFile(path), { header: true, skipEmptyLines: true }).data.map(
        typed,
      );
    },
  },
  "papaparse, dynamicTyping": {
    of: "papaparse",
    load: async (path) => {
      const { default: papa } = await import("papaparse");
      return papa.parse(await Deno.readTextFile(path), {
        header: true,
        skipEmptyLines: true,
        dynamicTyping: true,
      }).data;
    },
  },
  "cairn": {
    save: (rows, path) => saveAs(path, csvCacher<PlainRow>(), rows),
    load: (path) => loadFrom(path, csvCacher<PlainRow>()),
  },
};

const ARROW: Readonly<Record<string, Subject>> = {
  "flechette": {
    save: async (rows, path) => {
      const { tableFromArrays, tableToIPC } = await import("@uwdata/flechette");
      const table = tableFromArrays({ ...columnsOf(rows) });
      await Deno.writeFile(path, tableToIPC(table, { format: "file" })!);
    },
    load: async (path) => {
      const { tableFromIPC } = await import("@uwdata/flechette");
      return tableFromIPC(await Deno.readFile(path)).toArray();
    },
  },
  "cairn": {
    save: async (rows, path) => {
      const { arrowCacher } = await import("@cairn/cairn/arrow");
      await saveAs(path, arrowCacher<PlainRow>(), rows);
    },
    load: async (path) => {
      const { arrowCacher } = await import("@cairn/cairn/arrow");
      return await loadFrom(path, arrowCacher<PlainRow>());
    },
  },
};

const PARQUET: Readonly<Record<string, Subject>> = {
  "hyparquet": {
    save: async (rows, path) => {
      const { parquetWriteBuffer } = await import("hyparquet-writer");
      const columnData = Object.entries(columnsOf(rows)).map(([name, data]) => ({ name, data }));
      await Deno.writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData })));
    },
    load: async (path) => {
      const { parquetReadObjects } = await import("hyparquet");
      return await parquetReadObjects({ file: (await Deno.readFile(path)).buffer });
    },
  },
  "cairn": {
    save: async (rows, path) => {
      const { parquetCacher } = await import("@cairn/cairn/parquet");
      await saveAs(path, parquetCacher<PlainRow>(), rows);
    },
    load: async (path) => {
      const { parquetCacher } = await import("@cairn/cairn/parquet");
      return await loadFrom(path, parquetCacher<PlainRow>());
    },
  },
};

/** By format and name; each with what it does by itself, Cairn with all that it checks and digests. */
export const SUBJECTS: Readonly<Record<string, Readonly<Record<string, Subject>>>> = {
  csv: CSV,
  arrow: ARROW,
  parquet: PARQUET,
};
