/**
 * How deeply JSON is nested, before anything goes through it.
 *
 * @module
 */

/** Levels beyond which nothing that Cairn writes is nested. */
const LEVELS = 1000;

/**
 * Each level takes two signs, and the rest of metadata several hundred: what is shorter than this is not nested so
 * deeply that anything would come to the end of the stack. Most metadata is shorter, and a look costs nearly as much as
 * parsing it.
 */
const SHORT = 3600;

/**
 * Whether JSON is nested more deeply than anything that Cairn writes: what goes through it would come to the end of the
 * stack.
 *
 * @param text JSON, which was parsed without an error.
 * @returns Whether it is.
 */
export function isTooDeep(text: string): boolean {
  if (text.length < SHORT) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === 34) i = endOfString(text, i);
    else if (sign === 123 || sign === 91) {
      if (++depth > LEVELS) return true;
    } else if (sign === 125 || sign === 93) depth--;
  }
  return false;
}

/** Where the quotation mark is that ends a string. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === 92) first--;
  return (at - first) % 2 === 1;
}
