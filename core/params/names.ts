/**
 * Names that become part of a file name, and labels that only people read.
 *
 * @module
 */

// What a terminal obeys, and what shows text in another order than it has; of those, line feeds and tabs are not here.
const CONTROL =
  // deno-lint-ignore no-control-regex -- control characters are just what must not get through
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

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
 * Whether a segment of a path is a device on Windows, whatever its ending: what is written there is gone.
 *
 * @param segment The segment.
 * @returns Whether it is one.
 */
export function isDeviceName(segment: string): boolean {
  return /^(?:con|prn|aux|nul|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i.test(segment);
}

/**
 * Refuses a label with nothing to print in it, or with a control character.
 *
 * @param what What bears the label, for the message.
 * @param label The label.
 * @throws {TypeError} If it is empty, or holds a character that a terminal would obey.
 */
export function checkLabel(what: string, label: unknown): asserts label is string {
  if (
    typeof label === "string" && label.trim() !== "" && label.isWellFormed() &&
    label.replace(CONTROL, "") === label && !/[\t\n]/.test(label)
  ) return;
  throw new TypeError(`Cannot use ${quote(label)} as the name of ${article(what)}: a name is printable text`);
}

/** Text of which all that follows would change nothing: nearly all names and paths, and every stage has several. */
const PLAIN = /^[ !#-[\]-~]{0,290}$/;

/**
 * A value as a message shows it: text in quotes, with control characters escaped.
 *
 * @param value Any value.
 * @returns Its text, at most about 300 characters of it.
 */
export function quote(value: unknown): string {
  if (typeof value === "string" && PLAIN.test(value)) return `"${value}"`;
  // JSON leaves some of what terminals obey as it is, and of other things the names are anybody's.
  const text = oneLine(printable(typeof value === "string" ? JSON.stringify(value) : plainText(value)));
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

/**
 * Text with nothing in it that a terminal would obey.
 *
 * @param text Any text: a name, a message, a value.
 * @returns The same with control characters escaped; line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, escapeCharacter);
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
