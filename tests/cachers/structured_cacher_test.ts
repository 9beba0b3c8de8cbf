import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { deserialize, serialize } from "node:v8";
import { structuredCacher } from "../../cachers/structured_cacher.ts";
import { encodeStructured } from "../../cachers/structured_encode.ts";
import { BYTE_LIMIT, checkStructuredValue } from "../../cachers/structured_value.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

async function comesBack<T>(value: T): Promise<T> {
  const path = `${tempDirSync()}/a.bin`;
  await structuredCacher<T>().save(value, at(path));
  return await structuredCacher<T>().load(at(path));
}

Deno.test("cycles and shared references are the same objects again", async () => {
  const shared = { a: 1 };
  const node: { self?: unknown; list: unknown[]; map: Map<unknown, unknown> } = {
    list: [shared, shared],
    map: new Map(),
  };
  node.self = node;
  node.map.set(shared, node.list);
  const loaded = await comesBack(node);
  assertStrictEquals(loaded.self, loaded);
  assertStrictEquals(loaded.list[0], loaded.list[1]);
  assertStrictEquals(loaded.map.get(loaded.list[0]), loaded.list);
});

Deno.test("typed arrays own their bytes, and none of the file", async () => {
  const loaded = await comesBack({
    bytes: new Uint8Array([1, 2, 3]),
    floats: new Float64Array([1, 2]).subarray(1),
    view: new DataView(new ArrayBuffer(8), 2, 4),
    text: "between",
  });
  assertEquals(loaded.bytes.buffer.byteLength, 3);
  assertEquals(loaded.floats.buffer.byteLength, 8);
  assertEquals(loaded.view.buffer.byteLength, 4);
  loaded.bytes.fill(0);
  assertEquals(loaded.floats, new Float64Array([2]));
});

Deno.test("a typed array longer than the limit is refused; the limit is 4 GiB", () => {
  const value = { weights: [new Float32Array(2), new Float32Array(3)] };
  checkStructuredValue(value, "x", 12);
  assertThrows(
    () => checkStructuredValue(value, "Cannot save it", 11),
    TypeError,
    "Cannot save it: $.weights[1] is an instance of Float32Array of 12 bytes, more than the 11 that would come back",
  );
  assertEquals(BYTE_LIMIT, 2 ** 32 - 1);
});

Deno.test("equal values give equal bytes, however they came about", () => {
  const bytes = (value: unknown) => encodeStructured(value, 0);
  const point = (x: number) => ({ px: x });
  const before = bytes(point(1));
  // From here on the engine holds that property as a double, and would write it so.
  const other = point(1.5);
  assertEquals(bytes({ px: other.px - 0.5 }), before);
  assertEquals(bytes(point(1)), before);

  const filled = new Array(3);
  for (let i = 0; i < 3; i++) filled[i] = i;
  assertEquals(bytes(filled), bytes([0, 1, 2]));
  assertEquals(bytes(deserialize(bytes([]))), bytes([]));
  assertEquals(bytes([1.5, 2].slice(1)), bytes([2]));
  assertEquals(bytes("abcdefghijklmnopqrstuvwxyz€".slice(0, 20)), bytes("abcdefghijklmnopqrst"));
  assertEquals(bytes(new Float64Array([0, 7]).subarray(1)), bytes(new Float64Array([7])));
});

Deno.test("texts of one byte and of two come back wherever they lie", () => {
  for (let length = 0; length < 300; length++) {
    const value = [
      "a".repeat(length % 7),
      "€".repeat(length),
      "é".repeat(length),
      "a".repeat(length),
      `${"a".repeat(length)}€`,
    ];
    assertEquals(deserialize(encodeStructured(value, 0)), value);
  }
});

Deno.test("keys that are indices, and keys that only look so, come back in their places", () => {
  const value = {
    5: "a",
    0: "b",
    "007": "c",
    "-1": "d",
    4294967294: "e",
    4294967295: "f",
    1e21: "g",
    "1.5": "h",
  };
  const loaded = deserialize(encodeStructured(value, 0));
  assertEquals(loaded, value);
  assertEquals(Object.keys(loaded), Object.keys(value));
});

Deno.test("every flag of a regular expression comes back", () => {
  for (const flags of ["d", "g", "i", "m", "s", "u", "v", "y", "dgimsuy", "dgimsvy"]) {
    const value = new RegExp("a/b\n", flags);
    assertEquals(deserialize(encodeStructured(value, 0)), value);
  }
});

Deno.test("an object that was seen before is not looked at again: a wide graph is quick", () => {
  let value: unknown = {};
  for (let i = 0; i < 100; i++) value = [value, value];
  checkStructuredValue(value, "x");
  assertEquals(encodeStructured(value, 0).length < 1000, true);
});

Deno.test("an object without a prototype comes back with the usual one", async () => {
  assertEquals(await comesBack(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
});

Deno.test("the format is that of V8, byte for byte where V8 has but one way to write a value", () => {
  // The version of the format comes second; V8 reads what older ones wrote, and may write another one day.
  if (serialize(null)[1] !== 15) return;
  const error = Object.assign(new RangeError("m", { cause: 3 }), { stack: "s" });
  const values = [
    ...[0, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5, -0, NaN, true, null, undefined],
    ...[0n, 5n, -(2n ** 64n), 2n ** 63n, new Date(3), new RegExp("a/b", "dgimsuy"), /x/v, error, new Error()],
    ...["a", "é", "ā", "€", "a€", "€".repeat(63), "€".repeat(64), "x".repeat(200), { a: "€" }, { ab: "€" }],
    ...[
      { a: [], 1: 2, "01": 3, 4294967294: 1, 4294967295: 1 },
      [1, "b"],
      [1, , 3],
      Object.assign([1], { k: 2 }),
    ],
    ...[new Map([[1, { a: 2 }]]), new Set([1]), new ArrayBuffer(3)],
    ...[new Number(2), new String("q"), Object(3n), new Boolean(true), new Boolean(false)],
  ];
  for (const value of values) assertEquals(encodeStructured(value, 0), new Uint8Array(serialize(value)));
});

Deno.test("of the many NaN there is one", () => {
  const odd = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer)[0];
  assertEquals(encodeStructured(odd, 0), encodeStructured(NaN, 0));
});

Deno.test("a file that is cut short, longer, of another version or of another program is an error that says so", async () => {
  const path = `${tempDirSync()}/a.bin`;
  await structuredCacher().save("x".repeat(10), at(path));
  const whole = Deno.readFileSync(path);
  const changed: [Uint8Array, string][] = [
    [whole.subarray(0, -1), "13 bytes follow its header, wanted 14"],
    [new Uint8Array([...whole, 0]), "15 bytes follow its header, wanted 14"],
    [whole.subarray(0, 12), "-4 bytes follow its header"],
    [whole.with(7, 2), "its format is version 2, wanted 1"],
    [whole.with(0, 0), "structuredCacher() did not write it"],
    [whole.with(18, 127), "Unable to deserialize"],
  ];
  for (const [bytes, message] of changed) {
    Deno.writeFileSync(path, bytes);
    const error = await assertRejects(async () => await structuredCacher().load(at(path)), Error, message);
    assertEquals(
      error.message.startsWith(`Cannot load ${JSON.stringify(path)} as a structured value: `),
      true,
    );
  }
});
