/**
 * Where in a value something lies: `$.rows[3].when`, as messages name it.
 *
 * @module
 */

/**
 * The path of a property or element below another path.
 *
 * @param path The path so far, such as `$` or `params`.
 * @param key A property name or an index.
 * @returns `path.key`, `path[0]`, or `path["odd key"]`.
 */
export function below(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/**
 * What sort of thing a value is, for a message that refuses it.
 *
 * @param value Any value.
 * @returns Words such as `a function`, `undefined`, `an instance of URL`.
 */
export function sortOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "function":
      return value.name === "" ? "a function" : `the function ${JSON.stringify(value.name)}`;
    case "object": {
      const name = Object.getPrototypeOf(value)?.constructor?.name;
      return name === undefined || name === "Object" ? "an object" : `an instance of ${name}`;
    }
    default:
      return `a ${typeof value}`;
  }
}

/**
 * Whether a value is a plain object: made by a literal, or without a prototype.
 *
 * @param value Any value.
 * @returns Whether its prototype is that of objects, of this realm or another, or null.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // That of another realm: the end of its chain, with what every object inherits.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/**
 * The message of anything that was thrown.
 *
 * @param error What was thrown.
 * @returns Its message.
 */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
