/**
 * Loads files whose bytes were changed, as many as it is told: each load gives plain data or an error, and ends. It is a
 * process of its own, so that a crash is seen: `mutated_bytes.ts FOLDER SEED COUNT`.
 */
import { join } from "@std/path";
import { bytesCacher } from "../../cachers/bytes_cacher.ts";
import { csvCacher } from "../../cachers/csv_cacher.ts";
import { fileReferenceCacher } from "../../cachers/file_reference_cacher.ts";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { jsonTableCacher } from "../../cachers/json_table_cacher.ts";
import { notebookCacher } from "../../cachers/notebook_cacher.ts";
import { structuredCacher } from "../../cachers/structured_cacher.ts";
import { textCacher } from "../../cachers/text_cacher.ts";
import type { AnyCacher } from "../../core/define/cacher.ts";
import { randomFrom } from "../helpers/random.ts";

const [dir = "", seed = "1", count = "100"] = Deno.args;
const random = randomFrom(Number(seed));
const below = (limit: number) => Math.floor(random() * limit);

const cyclic: Record<string, unknown> = { a: [1, 2, { deep: "text" }] };
cyclic.self = cyclic;
const STRUCTURED: readonly unknown[] = [
  cyclic,
  new Map<unknown, unknown>([["a", new Set([1, "x", null])], [1n, new Date(0)]]),
  {
    f64: new Float64Array([1, 2, 3]),
    u8: new Uint8Array(300),
    view: new DataView(new ArrayBuffer(9)),
    buffer: new ArrayBuffer(5),
  },
  [
    1,
    -1,
    0.5,
    NaN,
    -0,
    2n ** 200n,
    -1n,
    "é",
    "日本",
    "\u{1f427}".repeat(40),
    undefined,
    true,
    /a+/giu,
    ,
    new Error("x", { cause: [1] }),
  ],
  Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key ${i}`, i % 3 === 0 ? [i] : i])),
  JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 1, "0": 1, "toString": [] }'),
  [Object(1), Object("text"), Object(true), Object(1n)],
];

interface Case {
  readonly cacher: AnyCacher;
  readonly bytes: Uint8Array;
  readonly extra: Record<string, unknown>;
}

async function caseOf(cacher: AnyCacher, value: unknown, i: number): Promise<Case> {
  const path = join(dir, `original_${i}`);
  const extra = {};
  await cacher.save(value, { path: () => path, dir: () => path, extra });
  return { cacher, bytes: Deno.readFileSync(path), extra };
}

const rows = [{ a: 1, b: "x,y", c: new Date(0), d: null }, { a: NaN, b: "", c: null, d: 5n }];
const cases = await Promise.all([
  ...STRUCTURED.map((value) => [structuredCacher(), value] as const),
  [jsonCacher(), { a: [1, { b: "text\u2028" }] }] as const,
  [csvCacher(), rows] as const,
  [jsonTableCacher(), rows] as const,
  [notebookCacher(), [["a", "b"], ["c"]]] as const,
  [textCacher(), "text é"] as const,
  [bytesCacher(), new Uint8Array([1, 2, 3])] as const,
  [fileReferenceCacher(), [dir, join(dir, "original_0")]] as const,
].map(([cacher, value], i) => caseOf(cacher as AnyCacher, value, i)));

/** Tags of V8's format, its lengths, and bytes that mean something to text. */
const TELLING = new TextEncoder().encode("oaA^;:',\\?BVRrscmZNI0TF_\"{}@$[],\r\n\0\u00ff");

function mutate(bytes: Uint8Array): Uint8Array {
  let list = [...bytes];
  for (let n = 1 + below(4); n > 0; n--) {
    const at = below(list.length + 1);
    switch (below(8)) {
      case 0:
        list[at] = (list[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        list[at] = below(256);
        break;
      case 2:
        list[at] = TELLING[below(TELLING.length)]!;
        break;
      case 3:
        list.splice(at, 1 + below(16));
        break;
      case 4:
        list.splice(at, 0, ...Array.from({ length: 1 + below(16) }, () => below(256)));
        break;
      case 5:
        list.splice(at, 0, ...list.slice(below(list.length), below(list.length) + 40));
        break;
      case 6:
        list.splice(at, 5, 0xff, 0xff, 0xff, 0xff, below(16)); // a length of about 4 GiB
        break;
      default:
        list = list.slice(0, Math.max(1, at));
    }
  }
  return new Uint8Array(list);
}

/** The header that structuredCacher writes says how long the rest is: to get behind it, it has to be right. */
function withRightLength(bytes: Uint8Array, original: Uint8Array): Uint8Array {
  if (bytes.length < 16 || below(10) === 0) return bytes;
  bytes.set(original.subarray(0, 8));
  new DataView(bytes.buffer).setBigUint64(8, BigInt(bytes.length - 16), true);
  return bytes;
}

/** Whether there is anything in a value that could be called, or that calls something when it is read. */
function refuseCode(value: unknown, seen = new Set<unknown>(), depth = 0): void {
  if (typeof value === "function") throw new Error("BROKEN: a function was loaded");
  if (typeof value !== "object" || value === null || seen.has(value) || seen.size > 10_000 || depth > 100) {
    return;
  }
  seen.add(value);
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map || value instanceof Set) {
    for (const item of value) refuseCode(item, seen, depth + 1);
  }
  for (const key of Object.keys(value).slice(0, 10_000)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)!;
    if (descriptor.get !== undefined) throw new Error("BROKEN: a getter was loaded");
    refuseCode(descriptor.value, seen, depth + 1);
  }
}

const before = [Object.prototype, Array.prototype, Function.prototype].map((each) =>
  Reflect.ownKeys(each).length
).join();
const path = join(dir, "mutated");
const come = { loaded: 0, refused: 0 };
for (let i = 0; i < Number(count); i++) {
  const { cacher, bytes, extra } = cases[below(2) === 0 ? below(STRUCTURED.length) : below(cases.length)]!;
  const mutated = mutate(bytes);
  Deno.writeFileSync(path, cacher.kind === "structured" ? withRightLength(mutated, bytes) : mutated);
  try {
    refuseCode(
      await cacher.load({ path: () => path, dir: () => dir, extra: structuredClone(extra), files: dir }),
    );
    come.loaded++;
  } catch (error) {
    if (!(error instanceof Error) || error.message.startsWith("BROKEN")) throw error;
    if (!error.message.startsWith("Cannot ")) throw new Error(`BROKEN: ${cacher.kind}: ${error.stack}`);
    come.refused++;
  }
}
const after = [Object.prototype, Array.prototype, Function.prototype].map((each) =>
  Reflect.ownKeys(each).length
).join();
if (after !== before) throw new Error("BROKEN: a prototype was changed");
console.log(JSON.stringify(come));
