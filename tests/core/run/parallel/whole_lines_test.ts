/** Lines of several processes, each whole. */
import { assertEquals } from "@std/assert";
import { linePrinter } from "../../../../core/run/parallel/whole_lines.ts";

Deno.test("lines are printed whole, and what does not end is printed in a while", async () => {
  let printed = "";
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const print = (bytes: Uint8Array) => void (printed += decoder.decode(bytes));
  const [a, b] = [linePrinter(print), linePrinter(print)];
  const say = (to: typeof a, text: string) => to.push(encoder.encode(text));
  say(a, "one ");
  say(b, "two\nthree");
  assertEquals(printed, "two\n");
  say(a, "and ");
  say(a, "more\n");
  assertEquals(printed, "two\none and more\n");
  b.flush();
  b.flush();
  assertEquals(printed, "two\none and more\nthree");
  say(a, "50 %");
  for (let i = 0; i < 100 && !printed.endsWith("%"); i++) await new Promise((done) => setTimeout(done, 20));
  assertEquals(printed, "two\none and more\nthree50 %");
});
