/**
 * The columns of a file, to tables as rows or as columns.
 *
 * @module
 */
import { below, isPlainObject, quote, sortOf } from "../core/define/json_value.ts";
import { ARRAYS, type ArrayType, arrayTypeOf, type TypedArray } from "./array_types.ts";
import { type ColumnNote, isBig } from "./columnar_note.ts";
import type { ValueType } from "./stored_column.ts";
import { ABSENT, cellPath, setCell } from "./table_columns.ts";

/** A column as a library reads it: numbers, bigints, booleans, texts, dates, bytes, and null or undefined. */
export interface ReadColumn {
  readonly name: string;
  readonly values: ArrayLike<unknown>;
}

/** A table as columns: each a typed array, or a list in which null may stand; all of one length. */
export type Columns = Record<string, TypedArray | unknown[]>;

/** Gives a value as it was saved; undefined where what was read is none of that type. */
type ValueReader = (value: unknown) => unknown;

/**
 * The columns of a file, with their values as they were saved.
 *
 * @param read The columns as a library reads them.
 * @param notes What the metadata says of them; undefined where there is none.
 * @param what What was tried, as a message begins.
 * @returns The columns: null where there was null, {@linkcode ABSENT} where a row lacked the key.
 * @throws {SyntaxError} If they are not as the metadata says, or two have one name.
 */
export function restoreColumns(
  read: readonly ReadColumn[],
  notes: readonly ColumnNote[] | undefined,
  what: string,
): ReadColumn[] {
  const names = read.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new SyntaxError(`${what}: two of its columns are called ${quote(twice)}; rename one`);
  }
  if (notes === undefined) return read.map(({ name, values }) => ({ name, values: foreignValues(values) }));
  const wanted = notes.map(({ name }) => name);
  if (names.length !== wanted.length || names.some((name, i) => name !== wanted[i])) {
    const found = names.map(quote).join(", ") || "none";
    throw new SyntaxError(
      `${what}: its columns are ${found}, wanted ${
        wanted.map(quote).join(", ") || "none"
      } as its metadata says`,
    );
  }
  return notes.map((note, i) => ({ name: note.name, values: savedValues(read[i]!.values, note, what) }));
}

function savedValues(values: ArrayLike<unknown>, note: ColumnNote, what: string): ArrayLike<unknown> {
  const reader = READERS[note.type];
  const empty = note.absent ? ABSENT : null;
  // Of numbers that are stored as such there is nothing to look at.
  if (note.type === "number" && isNumbers(values)) return values;
  return changed(values, (value, row) => {
    const restored = value === null || value === undefined ? empty : reader(value);
    if (restored !== undefined) return restored;
    throw new SyntaxError(`${what}: ${cellPath(row, note.name)} is ${sortOf(value)}, wanted a ${note.type}`);
  });
}

/** The values as they are to be: a copy where any is to be another, which in most columns none is. */
function changed(
  values: ArrayLike<unknown>,
  change: (value: unknown, row: number) => unknown,
): ArrayLike<unknown> {
  let copy: unknown[] | undefined;
  for (let row = 0; row < values.length; row++) {
    const value = change(values[row], row);
    if (copy === undefined && !Object.is(value, values[row])) copy = Array.prototype.slice.call(values);
    if (copy !== undefined) copy[row] = value;
  }
  return copy ?? values;
}

const READERS: Readonly<Record<ValueType, ValueReader>> = {
  number: (value) =>
    typeof value === "number" ? value : typeof value === "bigint" ? safeNumber(value) : undefined,
  bigint: (value) => typeof value === "bigint" ? value : undefined,
  boolean: (value) => typeof value === "boolean" ? value : undefined,
  string: (value) => typeof value === "string" ? value : undefined,
  date: (value) => value instanceof Date ? value : undefined,
  // Libraries give views of the whole file, which would stay in memory.
  bytes: (value) => value instanceof Uint8Array ? new Uint8Array(value) : undefined,
  json: (value) => {
    try {
      return typeof value === "string" ? JSON.parse(value) : undefined;
    } catch {
      // What is wrong with it is said by the caller, which knows the row.
      return undefined;
    }
  },
};

function safeNumber(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function isNumbers(
  values: ArrayLike<unknown>,
): values is Exclude<TypedArray, BigInt64Array | BigUint64Array> {
  return ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) &&
    !(values instanceof BigUint64Array);
}

/** What another program wrote: 64-bit integers are numbers where all of a column can be. */
function foreignValues(values: ArrayLike<unknown>): ArrayLike<unknown> {
  if (isNumbers(values)) return values;
  const isSafe = Array.prototype.every.call(
    values,
    (value: unknown) => typeof value !== "bigint" || safeNumber(value) !== undefined,
  );
  return changed(values, (value) => typeof value === "bigint" && !isSafe ? value : foreignValue(value));
}

/** A value without what is the library's own: lists as typed arrays, views of the whole file, undefined. */
function foreignValue(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return safeNumber(value) ?? value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    // Of views a DataView alone is no list, and neither format has those.
    return Array.from(value as unknown as ArrayLike<unknown>, foreignValue);
  }
  if (!isPlainObject(value)) return value ?? null;
  const record: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) setCell(record, name, foreignValue(item));
  return record;
}

/**
 * Columns as rows of plain records.
 *
 * @param columns The columns, as {@linkcode restoreColumns} gives them.
 * @param rows How many rows there are.
 * @returns The rows.
 */
export function asRows(columns: readonly ReadColumn[], rows: number): Record<string, unknown>[] {
  const names = columns.map(({ name }) => name);
  const lists = columns.map(({ values }) => values);
  const all: Record<string, unknown>[] = [];
  for (let i = 0; i < rows; i++) {
    const row: Record<string, unknown> = {};
    for (let c = 0; c < names.length; c++) {
      const value = lists[c]![i];
      if (value !== ABSENT) setCell(row, names[c]!, value);
    }
    all.push(row);
  }
  return all;
}

/**
 * Columns as a record of them, each with an array of its own memory.
 *
 * @param columns The columns, as {@linkcode restoreColumns} gives them.
 * @param notes What the metadata says of them; undefined where there is none: all numbers are then a typed array.
 * @param what What was tried, as a message begins.
 * @returns The columns.
 * @throws {SyntaxError} If one is not what the typed array can hold that the metadata says it was.
 */
export function asColumns(
  columns: readonly ReadColumn[],
  notes: readonly ColumnNote[] | undefined,
  what: string,
): Columns {
  const record: Columns = {};
  for (const [i, { name, values }] of columns.entries()) {
    const array = notes === undefined ? arrayOfForeign(values) : notes[i]!.array;
    setCell(record, name, array === undefined ? listOf(values) : arrayOf(array, values, name, what));
  }
  return record;
}

function arrayOfForeign(values: ArrayLike<unknown>): ArrayType | undefined {
  if (isNumbers(values)) return arrayTypeOf(values);
  const list = values as unknown[];
  if (list.length > 0 && list.every((value) => typeof value === "number")) return "float64";
  if (list.length === 0) return undefined;
  // What does not fit would come out as another number.
  const fits = (bits: (value: bigint) => bigint) =>
    list.every((value) => typeof value === "bigint" && bits(value) === value);
  if (fits((value) => BigInt.asIntN(64, value))) return "int64";
  return fits((value) => BigInt.asUintN(64, value)) ? "uint64" : undefined;
}

function listOf(values: ArrayLike<unknown>): unknown[] {
  return Array.from(values, (value) => value === ABSENT ? null : value);
}

function arrayOf(array: ArrayType, values: ArrayLike<unknown>, name: string, what: string): TypedArray {
  const wanted = isBig(array) ? "bigint" : "number";
  const isOdd = (value: unknown) => isBig(array) ? typeof value !== "bigint" : typeof value !== "number";
  const odd = isNumbers(values) && wanted === "number" ? -1 : Array.from(values).findIndex(isOdd);
  if (odd !== -1) {
    const path = below(below("$", name), odd);
    throw new SyntaxError(`${what}: ${path} is ${sortOf(values[odd])}, wanted a ${wanted}`);
  }
  const typed = new ARRAYS[array](values.length);
  typed.set(values as never);
  return typed;
}
