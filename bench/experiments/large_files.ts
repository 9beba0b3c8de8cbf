/**
 * Saves a large value with its metadata, or loads it with its digest checked. Arguments: the sort, `save` or `load`, a
 * file. Prints the milliseconds that took, without those to make the value.
 *
 * @module
 */
import { type AnyCacher, loadFrom, saveAs } from "@cairn/cairn";
import { arrayCacher, bytesCacher, jsonCacher } from "@cairn/cairn/cachers";
import { largeValue, type Sort } from "../large_values.ts";

const [sort = "", operation = "", path = ""] = Deno.args;
const cachers: Record<string, AnyCacher> = {
  float64: arrayCacher(),
  uint8: bytesCacher(),
  json: jsonCacher(),
};

const value = operation === "save" ? largeValue(sort as Sort) : undefined;
const clock = performance.now();
if (operation === "save") await saveAs(path, cachers[sort]!, value);
else await loadFrom(path, cachers[sort]!);
console.log(performance.now() - clock);
