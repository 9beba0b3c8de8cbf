/** Stand-in for `@std/assert`: the same names, from `node:assert`. */
import { AssertionError, deepStrictEqual, match, notDeepStrictEqual, ok, strictEqual } from "node:assert";

export { AssertionError };

// deno-lint-ignore no-explicit-any -- the constructor of any error
type ErrorClass = abstract new (...args: any[]) => Error;

export function assert(expression: unknown, message?: string): asserts expression {
  ok(expression, message);
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  deepStrictEqual(actual, expected, message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  notDeepStrictEqual(actual, expected, message);
}

export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  strictEqual(actual, expected, message);
}

export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  match(actual, expected, message);
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  ok(
    actual.includes(expected),
    message ?? `Expected ${JSON.stringify(actual)} to include ${JSON.stringify(expected)}`,
  );
}

export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  ok(actual !== undefined && actual !== null, message ?? `Expected a value, found ${actual}`);
}

function checked(error: unknown, kind: ErrorClass, includes: string | undefined): Error {
  ok(error instanceof kind, `Expected ${kind.name}, found ${error}`);
  if (includes !== undefined) assertStringIncludes(error.message, includes);
  return error;
}

export function assertThrows(fn: () => unknown, kind: ErrorClass = Error, includes?: string): Error {
  try {
    fn();
  } catch (error) {
    return checked(error, kind, includes);
  }
  throw new AssertionError({ message: "Expected function to throw" });
}

export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  kind: ErrorClass = Error,
  includes?: string,
): Promise<Error> {
  try {
    await fn();
  } catch (error) {
    return checked(error, kind, includes);
  }
  throw new AssertionError({ message: "Expected function to reject" });
}
