/** Arrays of numbers, raw and as numpy has them. */
import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { arrayCacher, type ArrayOptions, type ArrayValue, type ShapedArray } from "../../cachers/mod.ts";
import { ARRAYS, isArrayType, type TypedArray } from "../../cachers/array_types.ts";
import { at } from "../../core/define/at.ts";
import { loadFrom, readMetadata, saveAs } from "../../core/store/inline.ts";
import { withTempDir } from "../helpers/temp_dir.ts";
import numpy from "./fixtures/numpy.json" with { type: "json" };

/** What numpy wrote, by the name of the case. */
const WRITTEN: Readonly<Record<string, string>> = numpy;

/** numpy's names of types less the byte order, with ours. */
const NAMES = {
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
} as const;

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(Buffer.from(WRITTEN[name]!, "base64"));
}

async function loadBytes(bytes: Uint8Array, options: ArrayOptions = { format: "npy" }): Promise<ArrayValue> {
  return await withTempDir(async (dir) => {
    Deno.writeFileSync(`${dir}/a.npy`, bytes);
    return await arrayCacher<ArrayValue>(options).load(at(`${dir}/a.npy`));
  });
}

async function savedBytes(value: ArrayValue): Promise<Uint8Array> {
  return await withTempDir(async (dir) => {
    await arrayCacher<ArrayValue>({ format: "npy" }).save(value, at(`${dir}/a.npy`));
    return Deno.readFileSync(`${dir}/a.npy`);
  });
}

/** 2 x 3 numbers from -2 on, or from 0 where the type has no sign. */
function sixOf(type: keyof typeof ARRAYS): ShapedArray {
  const array = new ARRAYS[type](6);
  const first = type.startsWith("u") ? 0 : -2;
  for (let i = 0; i < 6; i++) array[i] = typeof array[0] === "bigint" ? BigInt(first + i) : first + i;
  return { data: array, shape: [2, 3] };
}

for (const [name, type] of Object.entries(NAMES)) {
  Deno.test(`numpy's ${name} is read, in either byte order, and written byte for byte as numpy does`, async () => {
    const value = sixOf(type);
    assertEquals(await loadBytes(bytesOf(name)), value);
    if (name[1] !== "1") assertEquals(await loadBytes(bytesOf(`>${name}`)), value);
    assertEquals(await savedBytes(value), bytesOf(name));
  });
}

Deno.test("numpy's arrays of other shapes, orders and versions are read", async () => {
  assertEquals(await loadBytes(bytesOf("bool")), new Uint8Array([1, 0, 1]));
  assertEquals(await loadBytes(bytesOf("one dimension")), new Float64Array([0.5, -0, NaN, Infinity]));
  assertEquals(await loadBytes(bytesOf("a number")), { data: new Float64Array([1.5]), shape: [] });
  assertEquals(await loadBytes(bytesOf("empty")), { data: new Float64Array(), shape: [0, 3] });
  const ordered = { data: BigInt64Array.from({ length: 24 }, (_, i) => BigInt(i)), shape: [2, 3, 4] };
  assertEquals(await loadBytes(bytesOf("Fortran")), ordered);
  const big = { data: new Float32Array([0, 1, 2, 3, 4, 5]), shape: [2, 3] };
  assertEquals(await loadBytes(bytesOf("Fortran, big-endian")), big);
  for (const version of ["2.0", "3.0"]) {
    assertEquals(await loadBytes(bytesOf(`version ${version}`)), new BigInt64Array([0n, 1n, 2n]));
  }
});

Deno.test("what numpy wrote of other shapes is written byte for byte as well", async () => {
  for (const name of ["one dimension", "a number", "empty"]) {
    assertEquals(await savedBytes(await loadBytes(bytesOf(name))), bytesOf(name), name);
  }
});

for (
  const [name, message] of Object.entries({
    "complex": "it holds complex numbers (\"'<c16'\"), wanted integers or floats",
    "long floats": "it holds floats of another length",
    "dates": "it holds dates",
    "spans": "it holds spans of time",
    "objects": "it holds Python objects",
    "byte strings": "it holds byte strings",
    "texts": "it holds texts",
    "raw": "it holds raw bytes or records",
    "records": "it holds records",
    "records of texts": "it holds records",
  })
) {
  Deno.test(`numpy's ${name} are refused in words`, async () => {
    await assertRejects(() => loadBytes(bytesOf(name)), SyntaxError, message);
  });
}

/** A `.npy` file of version 1.0 with this header. */
function fileWith(header: string, data: Uint8Array = new Uint8Array(8)): Uint8Array {
  const text = new TextEncoder().encode(header);
  return new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, text.length, 0, ...text, ...data]);
}

Deno.test("headers of other programs are read, and what is no header is refused", async () => {
  for (
    const header of [
      "{'shape':(1,),'fortran_order':False,'descr':'<f8'}",
      `{"descr": "<f8", "fortran_order": True, "shape": (1,)}\n`,
      "{'descr': '=f8', 'fortran_order': False, 'shape': (1L,), }", // Python 2
      "{\n'descr': '<f8',\n'fortran_order': False,\n'shape': ( 1 , ),\n}",
    ]
  ) assertEquals(await loadBytes(fileWith(header)), new Float64Array(1), header);
  const refused: Record<string, Uint8Array> = {
    "does not begin as": new Uint8Array(20),
    "which is none of a .npy file": fileWith("{'descr': '<f8', 'fortran_order': False}"),
    "version 4.0, wanted": new Uint8Array([...fileWith("{}").subarray(0, 6), 4, 0, ...new Uint8Array(9)]),
    "its header should take 118 bytes, and 17 are there": bytesOf("one dimension").subarray(0, 17)
      .map((byte, i) => i === 8 ? 108 : byte),
    "it holds 8 bytes of numbers, wanted 16: float64 of the shape [2]": fileWith(
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }",
    ),
    "it holds 9 bytes of numbers, wanted 8": fileWith(
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }",
      new Uint8Array(9),
    ),
  };
  for (const [message, bytes] of Object.entries(refused)) {
    await assertRejects(() => loadBytes(bytes), SyntaxError, message);
  }
  await assertRejects(
    () => loadBytes(bytesOf("f4"), { format: "npy", type: "float64" }),
    SyntaxError,
    "wanted",
  );
});

Deno.test("arrays of any type come back, each all of a buffer of its own, and their metadata says what they are", () =>
  withTempDir(async (dir) => {
    for (const format of ["raw", "npy"] as const) {
      for (const type of Object.keys(ARRAYS).filter(isArrayType)) {
        const { data } = sixOf(type);
        const path = `${dir}/${format}_${type}${format === "raw" ? ".bin" : ".npy"}`;
        const cacher = arrayCacher<ArrayValue>({ format });
        const part = data.subarray(1, 5) as TypedArray;
        for (const value of [part, { data: part, shape: [2, 1, 2] }]) {
          await saveAs(path, cacher, value);
          const loaded = await loadFrom(path, cacher);
          assertEquals(loaded, value);
          const array = "shape" in loaded ? loaded.data : loaded;
          assertEquals([array.byteOffset, array.buffer.byteLength], [0, array.byteLength]);
          const { extra, cacher: { kind } } = await readMetadata(path);
          const shaped = "shape" in value ? { shape: value.shape, shaped: true } : { shape: [value.length] };
          assertEquals([extra, kind], [{ type, ...shaped }, format === "raw" ? "array" : "npy"]);
        }
      }
    }
  }));

Deno.test("every bit of a number comes back", () =>
  withTempDir(async (dir) => {
    const bits = new BigUint64Array([0x7ff8000000000001n, 0xfff0dead00000001n, 0x8000000000000000n]);
    for (const format of ["raw", "npy"] as const) {
      const [cacher, place] = [arrayCacher<Float64Array>({ format }), at(`${dir}/a.${format}`)];
      await cacher.save(new Float64Array(bits.buffer), place);
      assertEquals(new BigUint64Array((await cacher.load(place)).buffer), bits);
    }
  }));

Deno.test("a raw file without metadata says nothing of what it is: the type has to be said", () =>
  withTempDir(async (dir) => {
    Deno.writeFileSync(`${dir}/a.bin`, new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]));
    const load = async (options?: ArrayOptions) => await arrayCacher(options).load(at(`${dir}/a.bin`));
    assertEquals(await load({ type: "float32" }), new Float32Array([1, 2]));
    await assertRejects(() => load(), SyntaxError, 'arrayCacher({ type: "float64" })');
    Deno.writeFileSync(`${dir}/a.bin`, new Uint8Array(7));
    await assertRejects(() => load({ type: "int16" }), SyntaxError, "it holds 7 bytes of numbers, wanted 6");
  }));

Deno.test("a type that is said holds for what is saved and what is loaded", () =>
  withTempDir(async (dir) => {
    const cacher = arrayCacher({ type: "float64" });
    await assertRejects(
      async () => await cacher.save(new Float32Array(1), at(`${dir}/a.bin`)),
      TypeError,
      "$ is float32, wanted float64 as its cacher says",
    );
    await saveAs(`${dir}/a.bin`, arrayCacher(), new Float32Array(1));
    await assertRejects(
      () => loadFrom(`${dir}/a.bin`, cacher),
      SyntaxError,
      "it holds float32, wanted float64",
    );
  }));

Deno.test("what its metadata says has to be what is there", () =>
  withTempDir(async (dir) => {
    for (const format of ["raw", "npy"] as const) {
      const place = at(`${dir}/a.bin`);
      const cacher = arrayCacher<ArrayValue>({ format });
      await cacher.save(sixOf("float64"), place);
      for (
        const extra of [
          { type: "float32" },
          { type: "float128" },
          { shape: [7] },
          { shape: [-1, -6] },
          { shape: 6 },
          { shape: [1.5, 4] },
          { type: "toString" },
          { shaped: false },
        ]
      ) {
        await assertRejects(
          async () => await cacher.load({ ...place, extra: { ...place.extra, ...extra } }),
          SyntaxError,
          JSON.stringify(`${dir}/a.bin`),
        );
      }
    }
  }));

Deno.test("an option that is none is refused", () => {
  assertThrows(() => arrayCacher({ type: "float128" as "float64" }), TypeError, '"float128"');
  assertThrows(() => arrayCacher({ format: "hdf5" as "npy" }), TypeError, 'it is "raw" or "npy"');
});

/** A python3 that has numpy. */
function python(): string | undefined {
  for (const name of ["python3", "/usr/bin/python3"]) {
    try {
      const { success } = new Deno.Command(name, {
        args: ["-c", "import numpy"],
        stdout: "null",
        stderr: "null",
      }).outputSync();
      if (success) return name;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

const PYTHON = python();

Deno.test({
  name: "numpy itself opens what was saved, and what it saves then is the same file",
  ignore: PYTHON === undefined,
  fn: () =>
    withTempDir(async (dir) => {
      const values: ArrayValue[] = Object.values(NAMES).flatMap((type) => [sixOf(type), sixOf(type).data]);
      values.push({ data: new Float64Array(), shape: [4, 0] }, { data: new Int8Array(1), shape: [] });
      for (const [i, value] of values.entries()) {
        await arrayCacher<ArrayValue>({ format: "npy" }).save(value, at(`${dir}/${i}.npy`));
      }
      const code = [
        "import sys, numpy",
        "for i in range(int(sys.argv[1])):",
        "  array = numpy.load(f'{i}.npy', allow_pickle=False)",
        "  print(array.dtype.name, list(array.shape), array.ravel().tolist())",
        "  numpy.save(f'{i}_again.npy', array)",
        "  numpy.save(f'{i}_other.npy', array.astype(array.dtype.newbyteorder('>'), order='F'))",
      ].join("\n");
      const { stdout, stderr, success } = await new Deno.Command(PYTHON!, {
        args: ["-c", code, String(values.length)],
        cwd: dir,
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      for (const [i, value] of values.entries()) {
        const { data, shape } = "shape" in value ? value : { data: value, shape: [value.length] };
        const type = Object.keys(ARRAYS).filter(isArrayType).find((name) =>
          Object.getPrototypeOf(data) === ARRAYS[name].prototype
        );
        const isFloat = type!.startsWith("float");
        const numbers = [...data].map((number) => isFloat ? Number(number).toFixed(1) : String(number));
        assertEquals(lines[i], `${type} [${shape.join(", ")}] [${numbers.join(", ")}]`);
        assertEquals(Deno.readFileSync(`${dir}/${i}_again.npy`), Deno.readFileSync(`${dir}/${i}.npy`));
        const other = await arrayCacher<ArrayValue>({ format: "npy" }).load(at(`${dir}/${i}_other.npy`));
        assertEquals(other, value);
      }
    }),
});
