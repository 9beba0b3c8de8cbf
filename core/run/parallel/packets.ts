/**
 * Messages between a run and its workers, over the standard streams of a worker.
 *
 * A worker gets messages on its standard input, each with its length before it. What it says goes to its standard output,
 * among what stages and the programs that they start print there: in packets that begin with a token nobody else knows,
 * each written at once and no longer than what a pipe takes whole, so that nothing gets into the midst of one. Deno
 * writes what it is given up to the last line break, and the rest in a second call: so no packet has any, and what is in
 * it is base64 (RFC 4648).
 *
 * @module
 */

/** How many bytes the token of a worker has. */
export const TOKEN = 16;

/** The most that is written to a pipe in one piece, whoever else writes to it (PIPE_BUF). */
const WHOLE = Deno.build.os === "linux" ? 4096 : 512;

/** The digits of the length of what follows in a packet, hexadecimal. */
const DIGITS = 4;
const HEADER = TOKEN + DIGITS;

/** How much of a message a packet takes: four characters stand for three bytes. */
const PART = Math.floor((WHOLE - HEADER) / 4) * 3;

const LINE_BREAK = 0x0a;

/** A message begins with its length, in eight bytes. */
const LENGTH = 8;

/**
 * A message with its length before it.
 *
 * @param message The message.
 * @returns The bytes.
 */
export function framed(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LENGTH + message.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(message.length));
  bytes.set(message, LENGTH);
  return bytes;
}

/**
 * A token that nobody else knows.
 *
 * @returns Random bytes, of which none is a line break.
 */
export function makeToken(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(TOKEN)).map((byte) => byte === LINE_BREAK ? byte + 1 : byte);
}

/**
 * The packets of a message.
 *
 * @param token The worker's token.
 * @param message The message.
 * @returns The packets, each to be written at once; one is of use only until the next is asked for.
 */
export function* packets(token: Uint8Array, message: Uint8Array): Generator<Uint8Array> {
  const bytes = framed(message);
  const packet = new Uint8Array(WHOLE);
  packet.set(token);
  const encoder = new TextEncoder();
  for (let at = 0; at < bytes.length; at += PART) {
    const text = bytes.subarray(at, at + PART).toBase64();
    encoder.encodeInto(text.length.toString(16).padStart(DIGITS, "0") + text, packet.subarray(TOKEN));
    yield packet.subarray(0, HEADER + text.length);
  }
}

/**
 * Reads framed messages from bytes that come in pieces.
 *
 * @param take Takes each message; its bytes are its own.
 * @returns Takes the pieces.
 */
export function frameReader(take: (message: Uint8Array) => void): (bytes: Uint8Array) => void {
  const head = new Uint8Array(LENGTH);
  let message: Uint8Array | undefined;
  let filled = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length || message?.length === filled;) {
      const into: Uint8Array = message ?? head;
      const part = bytes.subarray(at, at + into.length - filled);
      into.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < into.length) return;
      if (message === undefined) message = new Uint8Array(Number(new DataView(head.buffer).getBigUint64(0)));
      else {
        take(message);
        message = undefined;
      }
      filled = 0;
    }
  };
}

/** Reads what a worker writes to its standard output. */
export interface PacketReader {
  /** Takes what was read, in pieces of any length. */
  readonly push: (bytes: Uint8Array) => void;
  /** To be called when there is no more. */
  readonly end: () => void;
}

/**
 * Tells messages from all else that a worker's standard output holds.
 *
 * @param token The worker's token.
 * @param take Takes each message.
 * @param print Takes all else, as it comes.
 * @returns Takes what was read.
 */
export function packetReader(
  token: Uint8Array,
  take: (message: Uint8Array) => void,
  print: (bytes: Uint8Array) => void,
): PacketReader {
  const frames = frameReader(take);
  const decoder = new TextDecoder();
  const textOf = (bytes: Uint8Array) => decoder.decode(bytes);
  let rest: Uint8Array = new Uint8Array();
  const push = (bytes: Uint8Array) => {
    let open = rest.length === 0 ? bytes : joined(rest, bytes);
    for (;;) {
      const { at, isWhole } = findToken(open, token);
      if (at > 0) print(open.subarray(0, at));
      open = open.subarray(at);
      if (!isWhole || open.length < HEADER) break;
      const end = HEADER + parseInt(textOf(open.subarray(TOKEN, HEADER)), 16);
      if (open.length < end) break;
      frames(Uint8Array.fromBase64(textOf(open.subarray(HEADER, end))));
      open = open.subarray(end);
    }
    rest = open.slice();
  };
  const end = () => {
    if (rest.length > 0) print(rest);
    rest = new Uint8Array();
  };
  return { push, end };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

/** Where the token begins, or what may be the beginning of it at the end; the end of the bytes where neither is there. */
function findToken(bytes: Uint8Array, token: Uint8Array): { readonly at: number; readonly isWhole: boolean } {
  for (let at = bytes.indexOf(token[0]!); at !== -1; at = bytes.indexOf(token[0]!, at + 1)) {
    const length = Math.min(TOKEN, bytes.length - at);
    let same = 1;
    while (same < length && bytes[at + same] === token[same]) same++;
    if (same === length) return { at, isWhole: length === TOKEN };
  }
  return { at: bytes.length, isWhole: false };
}
