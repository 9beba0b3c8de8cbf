/** Tables in the terminal, or in a pipe. */
import { assertEquals } from "@std/assert";
import { columns, countText } from "../../../core/cli/columns.ts";

Deno.test("columns stand below each other, numbers end below each other, and no line ends with a space", () => {
  assertEquals(columns([["name", "n", ""], ["a", "10", "x"], ["longer", "5", ""]], [1]), [
    "name     n",
    "a       10  x",
    "longer   5",
  ]);
  assertEquals(columns([], [0]), []);
});

Deno.test("what a terminal would obey is escaped, and takes the room that it then needs", () => {
  assertEquals(columns([["\u001b", "x"], ["abc", "y"]], []), ["\\u001b  x", "abc     y"]);
});

Deno.test("a number of things", () => {
  assertEquals([0, 1, 2].map((count) => countText(count, "artifact")), [
    "0 artifacts",
    "1 artifact",
    "2 artifacts",
  ]);
});
