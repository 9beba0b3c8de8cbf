/** Messages among what stages print, in pieces of any length. */
import { assert, assertEquals } from "@std/assert";
import {
  framed,
  frameReader,
  makeToken,
  packetReader,
  packets,
  TOKEN,
} from "../../../../core/run/parallel/packets.ts";
import { randomFrom } from "../../../helpers/random.ts";

const token = Uint8Array.from({ length: TOKEN }, (_, i) => i + 65);
const encoder = new TextEncoder();

/** What was read of a stream: messages, and what was printed. */
function readPieces(bytes: Uint8Array, lengths: () => number) {
  const messages: string[] = [];
  const printed: number[] = [];
  const decoder = new TextDecoder();
  const reader = packetReader(
    token,
    (message) => messages.push(decoder.decode(message)),
    (part) => printed.push(...part),
  );
  for (let at = 0; at < bytes.length;) {
    const length = lengths();
    reader.push(bytes.slice(at, at + length));
    at += length;
  }
  reader.end();
  return { messages, printed: decoder.decode(Uint8Array.from(printed)) };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("messages of any length come through, whatever is printed between their packets", () => {
  const random = randomFrom(1);
  const long = "x".repeat(10_000);
  const parts: Uint8Array[] = [];
  const print = (text: string) => parts.push(encoder.encode(text));
  let count = 0;
  // What looks like the beginning of a packet, and is none.
  print("ABCDEF");
  for (const message of ["first", "", long]) {
    for (const packet of packets(token, encoder.encode(message))) {
      count++;
      print("|ABC|");
      parts.push(packet.slice());
    }
  }
  print("the end A");
  for (const most of [1, 7, 64, 5000, 100_000]) {
    const { messages, printed } = readPieces(joined(parts), () => 1 + Math.floor(random() * most));
    assertEquals(messages, ["first", "", long]);
    assertEquals(printed, "ABCDEF" + "|ABC|".repeat(count) + "the end A");
  }
});

Deno.test("a packet is written in one piece: no longer than what a pipe takes whole, and without a line break", () => {
  // Deno writes to standard output up to the last line break, and the rest in a second call.
  const message = Uint8Array.from({ length: 20_000 }, (_, i) => i % 3 === 0 ? 10 : i % 256);
  for (let i = 0; i < 100; i++) {
    const own = makeToken();
    const sent = Array.from(packets(own, message), (packet) => packet.slice());
    assert(sent.every(({ length }) => length <= 4096), sent.map(({ length }) => length).join());
    assert(!sent.some((packet) => packet.includes(10)), String(own));
    const read: Uint8Array[] = [];
    const reader = packetReader(own, (each) => read.push(each), () => assert(false, "nothing is printed"));
    for (const packet of sent) reader.push(packet);
    assertEquals(read, [message]);
  }
});

Deno.test("framed messages are read in pieces of any length", () => {
  const random = randomFrom(2);
  const bytes = joined(["a", "", "bc".repeat(500), ""].map((text) => framed(encoder.encode(text))));
  for (const most of [1, 3, 100, 5000]) {
    const found: string[] = [];
    const read = frameReader((message) => found.push(new TextDecoder().decode(message)));
    for (let at = 0; at < bytes.length;) {
      const length = 1 + Math.floor(random() * most);
      read(bytes.slice(at, at + length));
      at += length;
    }
    assertEquals(found, ["a", "", "bc".repeat(500), ""]);
  }
});
