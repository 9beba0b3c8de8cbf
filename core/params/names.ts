/**
 * Names that become part of a file name, and labels that only people read.
 *
 * @module
 */

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/**
 * Refuses a name that cannot be one safe segment of a path.
 *
 * @param what What bears the name, for the message: `"stage"`.
 * @param name The name.
 * @throws {TypeError} If it is anything but letters, digits, `_` and `-`, beginning with a letter or digit,
 * at most 100 characters long.
 */
export function checkSegment(what: string, name: unknown): asserts name is string {
  if (typeof name === "string" && SEGMENT.test(name) && name.length <= 100) return;
  throw new TypeError(
    `Cannot use ${quote(name)} as the name of ${article(what)}: ` +
      "a name is letters, digits, _ and -, begins with a letter or digit, and has at most 100 characters",
  );
}

/**
 * Refuses a label with nothing to print in it, or with a control character.
 *
 * @param what What bears the label, for the message.
 * @param label The label.
 * @throws {TypeError} If it is empty, or holds a character that a terminal would obey.
 */
export function checkLabel(what: string, label: unknown): asserts label is string {
  // deno-lint-ignore no-control-regex -- control characters are just what must not be there
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
  if (typeof label === "string" && label.trim() !== "" && label.isWellFormed() && !control.test(label)) {
    return;
  }
  throw new TypeError(`Cannot use ${quote(label)} as the name of ${article(what)}: a name is printable text`);
}

/**
 * A value as a message shows it: text in quotes, with control characters escaped.
 *
 * @param value Any value.
 * @returns Its text, at most about 300 characters of it.
 */
export function quote(value: unknown): string {
  const text = (typeof value === "string" ? JSON.stringify(value) : plainText(value))
    // JSON leaves as they are what some terminals obey
    .replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escapeCharacter);
  // The end of a path says most, so what is left out is in the middle.
  return text.length > 300 ? `${text.slice(0, 100)}...${text.slice(-190)}` : text;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function plainText(value: unknown): string {
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return String(value);
}

function article(what: string): string {
  return /^[aeiou]/.test(what) ? `an ${what}` : `a ${what}`;
}

// deno-lint-ignore no-control-regex -- control characters are just what must not get through
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text with nothing in it that a terminal would obey.
 *
 * @param text Any text: a name, a message, a value.
 * @returns The same with control characters escaped; line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Text as one line: a warning is one, whatever the message of an error that it tells of.
 *
 * @param text Any text.
 * @returns The same with a space for each line break and what surrounds it.
 */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, " ");
}
