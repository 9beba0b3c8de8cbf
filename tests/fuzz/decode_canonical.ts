/**
 * Reads the canonical encoding back: that it can be done shows that no two values have one encoding.
 *
 * @module
 */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Decoded {
  readonly value: unknown;
  /** Where the next value would begin. */
  readonly end: number;
}

/**
 * Reads one value. A map or a set holds the digests of its entries alone, and comes back as those.
 *
 * @param bytes The encoding, with whatever follows it.
 * @param at Where it begins.
 * @returns The value, and where it ends.
 */
export function decodeCanonical(bytes: Uint8Array, at: number): Decoded {
  const tag = String.fromCharCode(bytes[at]!);
  switch (tag) {
    case "z":
      return { value: null, end: at + 1 };
    case "t":
    case "f":
      return { value: tag === "t", end: at + 1 };
    case "n":
    case "i":
    case "d": {
      const { text, end } = until(bytes, at + 1, ";");
      return { value: tag === "n" ? Number(text) : tag === "i" ? BigInt(text) : new Date(Number(text)), end };
    }
    case "s":
      return readText(bytes, at + 1);
    case "a":
      return readMany(bytes, at + 1, (from) => decodeCanonical(bytes, from));
    case "o": {
      const { value, end } = readMany(bytes, at + 1, (from) => {
        const name = readText(bytes, from);
        const item = decodeCanonical(bytes, name.end);
        return { value: [name.value, item.value], end: item.end };
      });
      return { value: Object.fromEntries(value as [string, unknown][]), end };
    }
    case "m":
    case "e": {
      const { value, end } = readMany(bytes, at + 1, (from) => ({
        value: decoder.decode(bytes.subarray(from, from + 64)),
        end: from + 64,
      }));
      return { value: { [tag]: value }, end };
    }
    case "b": {
      const name = readText(bytes, at + 1);
      const { text, end } = until(bytes, name.end, ":");
      const content = bytes.slice(end, end + Number(text)).buffer;
      const type = (globalThis as unknown as Record<string, Uint8ArrayConstructor>)[String(name.value)]!;
      return { value: name.value === "ArrayBuffer" ? content : new type(content), end: end + Number(text) };
    }
    default:
      throw new SyntaxError(`Cannot decode ${tag} at ${at}`);
  }
}

function until(bytes: Uint8Array, from: number, mark: string): { text: string; end: number } {
  const end = bytes.indexOf(mark.charCodeAt(0), from);
  return { text: decoder.decode(bytes.subarray(from, end)), end: end + 1 };
}

function readMany(
  bytes: Uint8Array,
  from: number,
  read: (from: number) => Decoded,
): { value: unknown[]; end: number } {
  const { text, end } = until(bytes, from, ":");
  const value: unknown[] = [];
  let at = end;
  for (let i = 0; i < Number(text); i++) {
    const item = read(at);
    value.push(item.value);
    at = item.end;
  }
  return { value, end: at };
}

/** A text's length is that in code units, of which UTF-8 has one or, for four bytes, two. */
function readText(bytes: Uint8Array, from: number): { value: string; end: number } {
  if (bytes[from] === "!".charCodeAt(0)) {
    const { text, end } = until(bytes, from + 1, ":");
    const units = until(bytes, end, ";");
    const value = String.fromCharCode(...units.text.split(",").map((unit) => parseInt(unit, 16)));
    if (value.length !== Number(text)) throw new SyntaxError("Cannot decode a text: its length is wrong");
    return { value, end: units.end };
  }
  const { text, end } = until(bytes, from, ":");
  let [units, at] = [0, end];
  while (units < Number(text)) {
    const size = bytes[at]! < 0x80 ? 1 : bytes[at]! < 0xe0 ? 2 : bytes[at]! < 0xf0 ? 3 : 4;
    units += size === 4 ? 2 : 1;
    at += size;
  }
  return { value: decoder.decode(bytes.subarray(end, at)), end: at };
}
