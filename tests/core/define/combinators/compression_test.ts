/** Files that are longer than what `node:zlib` takes at once. */
import { gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { assertEquals, assertThrows } from "@std/assert";
import { packFile, unpackFile } from "../../../../core/define/combinators/compression.ts";
import { zstdFrames } from "../../../../core/define/combinators/zstd_frames.ts";
import { joined } from "../../../../core/define/whole_file.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i * i);

Deno.test("a long file is compressed in parts, a short one and an empty one in one", () => {
  const gzip = { pack: (bytes: Uint8Array) => gzipSync(bytes), most: 10_000 };
  for (const length of [0, 1, 299, 300, 301, 900, 1000]) {
    const bytes = BYTES.subarray(0, length);
    const packed = packFile("a.gz", bytes, gzip, "gzip", 300);
    assertEquals(packed.length, Math.max(1, Math.ceil(length / 300)));
    assertEquals(new Uint8Array(gunzipSync(joined(packed))), bytes);
  }
  const packed = packFile("a.zst", BYTES, { pack: (bytes) => zstdCompressSync(bytes) }, "zstd", 300);
  assertEquals(zstdFrames(joined(packed)).length, 4);
});

Deno.test("what is too long to be decompressed is refused in words", () => {
  const codec = { pack: (bytes: Uint8Array) => bytes, most: 999 };
  assertThrows(
    () => packFile("a.gz", BYTES, codec, "gzip"),
    RangeError,
    'Cannot compress "a.gz": it comes to 1000 bytes of gzip, and no more than 999 can be decompressed at once; use zstd()',
  );
  const unpack = () => {
    throw new RangeError("it has 5 bytes in one part");
  };
  assertThrows(
    () => unpackFile("a.gz", BYTES, { unpack }, "gzip"),
    Error,
    'Cannot decompress "a.gz": it has 5 bytes in one part',
  );
});
