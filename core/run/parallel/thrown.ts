/**
 * What was thrown in one process, for another: its class where it is one of the language's or of Deno's, its message,
 * stack, code, causes and the errors that it stands for, and whether it is a miss.
 *
 * @module
 */
import { isMiss, miss } from "../../define/miss.ts";
import { structuredBytes, valueOfBytes } from "../../../cachers/structured_cacher.ts";

/** Something thrown, as a message holds it. */
export type Thrown =
  | {
    readonly kind: "error";
    /** The class that it is made of again, if there is one of that name. */
    readonly type: string;
    readonly name: string;
    readonly message: string;
    readonly stack?: string;
    readonly code?: string;
    /** Whether it is a miss. */
    readonly isMiss?: true;
    /** The file that it is about, where it says so. */
    readonly path?: string;
    readonly cause?: Thrown;
    /** What it stands for, where it is an `AggregateError`. */
    readonly errors?: readonly Thrown[];
  }
  | { readonly kind: "value"; readonly bytes: Uint8Array };

/** More causes than that, one of another, are a cycle. */
const CAUSES = 20;

/** Of each of many errors, so many causes follow: such errors may hold one another. */
const CAUSES_OF_MANY = 2;

/**
 * Something thrown, for another process.
 *
 * @param error What was thrown.
 * @param causes How many causes may follow.
 * @returns Plain data.
 */
export function describeThrown(error: unknown, causes = CAUSES): Thrown {
  if (!(error instanceof Error)) return { kind: "value", bytes: bytesOf(error) };
  const { stack, cause } = error;
  const { code, path } = error as { code?: unknown; path?: unknown };
  return {
    kind: "error",
    type: String(error.constructor?.name ?? "Error"),
    name: String(error.name),
    message: String(error.message),
    ...(typeof stack === "string" ? { stack } : {}),
    ...(typeof code === "string" ? { code } : {}),
    ...(isMiss(error) ? { isMiss: true } : {}),
    ...(typeof path === "string" ? { path } : {}),
    ...(cause === undefined || causes === 0 ? {} : { cause: describeThrown(cause, causes - 1) }),
    ...(error instanceof AggregateError && causes > 0 ? { errors: describeAll(error.errors, causes) } : {}),
  };
}

function describeAll(errors: unknown, causes: number): readonly Thrown[] {
  const rest = Math.min(causes - 1, CAUSES_OF_MANY);
  return Array.isArray(errors) ? errors.map((error) => describeThrown(error, rest)) : [];
}

/** What is thrown is for a message at the most: what can't be sent is told. */
function bytesOf(value: unknown): Uint8Array {
  try {
    return structuredBytes(value, "Cannot send what was thrown");
  } catch {
    return structuredBytes(String(value), "Cannot send what was thrown");
  }
}

const BUILT_IN = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/**
 * The error again.
 *
 * @param thrown What another process described.
 * @returns An error of the same class where it is a known one, else an `Error` of that name; or the value.
 */
export function revived(thrown: Thrown): unknown {
  if (thrown.kind === "value") return valueOfBytes(thrown.bytes, "Cannot read what was thrown");
  const { type, name, message, stack, code, path, cause, errors } = thrown;
  const error = thrown.isMiss
    ? miss(message)
    : type === "DOMException"
    ? new DOMException(message, name)
    : errors !== undefined
    ? new AggregateError(errors.map(revived), message)
    : new (classNamed(type))(message);
  // Its stack says where it was thrown, and that was in the other process.
  const own = { name, stack, code, path, cause: cause === undefined ? undefined : revived(cause) };
  // An error may have any property: its type names but the usual ones.
  for (const [key, value] of Object.entries(own)) {
    if (value === undefined || (error as unknown as Record<string, unknown>)[key] === value) continue;
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
  }
  return error;
}

type ErrorClass = new (message: string) => Error;

function classNamed(type: string): ErrorClass {
  const known: Readonly<Record<string, unknown>> = { ...Deno.errors, ...BUILT_IN };
  return Object.hasOwn(known, type) ? known[type] as ErrorClass : Error;
}
