/**
 * What the metadata keeps of the columns of a table.
 *
 * @module
 */
import { isPlainObject } from "../core/define/json_value.ts";
import { type ArrayType, isArrayType } from "./array_types.ts";
import type { ValueType } from "./stored_column.ts";
import { SCALAR_TYPES } from "./table_columns.ts";

/** A column as the metadata keeps it. */
export interface ColumnNote {
  readonly name: string;
  /** The type of its values. */
  readonly type: ValueType;
  /** Whether null in the file stands for a key that the row lacks. */
  readonly absent?: true;
  /** The type of the typed array that it was. */
  readonly array?: ArrayType;
}

/**
 * What the metadata says of columns. Anybody may have written it.
 *
 * @param columns `extra.columns`.
 * @param what What was tried, as a message begins.
 * @returns The columns; undefined where there is no such metadata.
 * @throws {SyntaxError} If it says what no cacher does.
 */
export function knownNotes(columns: unknown, what: string): readonly ColumnNote[] | undefined {
  if (columns === undefined) return undefined;
  if (Array.isArray(columns) && columns.every(isNote)) return columns;
  throw new SyntaxError(`${what}: what its metadata says of its columns is not what this cacher writes`);
}

function isNote(note: unknown): note is ColumnNote {
  if (!isPlainObject(note) || typeof note.name !== "string") return false;
  const isType = [...SCALAR_TYPES, "bytes", "json"].some((type) => type === note.type);
  return isType && (note.array === undefined || isArrayType(note.array)) &&
    (note.absent === undefined || note.absent === true);
}

/**
 * Whether the elements of a typed array are bigints.
 *
 * @param array Its type.
 * @returns Whether they are.
 */
export function isBig(array: ArrayType): boolean {
  return array === "int64" || array === "uint64";
}
