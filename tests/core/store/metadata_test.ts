/** The metadata file and its seal. */
import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import {
  type MetadataResult,
  metadataText,
  parseMetadata,
  readMetadataFile,
  readMetadataHead,
} from "../../../core/store/metadata.ts";
import { metadataAt } from "../../../core/store/place.ts";
import { withTempDir } from "../../helpers/temp_dir.ts";
import { prepare, put, specOf, withWorkspace } from "./fixtures.ts";

/** Seals any body as the library does: whoever wrote a file could do so. */
function sealed(metadata: unknown): string {
  const body = JSON.stringify(metadata, null, 2);
  const seal = createHash("sha256").update(body).digest("hex");
  return `${body.slice(0, -2)},\n  "seal": "${seal}"\n}\n`;
}

Deno.test("metadata comes back as it was, and the file is JSON for others", async () => {
  await withWorkspace(async ({ workspace }) => {
    const spec = specOf({ params: {} });
    const { metadata } = await prepare(workspace, spec, { a: 1 });
    const odd = { ...metadata, record: 'ü "\u2028\ud800\ufffd', extra: { deep: [{ a: null }] } };
    const text = metadataText(odd);
    assertEquals(parseMetadata(text), { metadata: odd });
    const { seal, ...rest } = JSON.parse(text);
    assertEquals(rest, odd);
    assertEquals(seal.length, 64);
    assertEquals(text.endsWith("\n}\n"), true);
    assertEquals(metadataText(odd), text);
  });
});

Deno.test("the head of metadata is what the whole says, in whatever order", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { metadata } = await prepare(workspace, specOf({ params: {} }), { a: 1 });
    const odd = { ...metadata, artifact: ',\n  "record": "x"', ancestors: { ',\n  "record": ': "d" } };
    const path = `${dir}/x_metadata.json`;
    const names = ["format", "artifact", "stage", "execution", "recipeKey", "contentKey", "digest", "files"];
    const head = [...names, "references", "ancestors", "times"];
    const part = (of: object) =>
      Object.fromEntries(Object.entries(of).filter(([name]) => head.includes(name)));
    Deno.writeTextFileSync(path, metadataText(odd));
    assertEquals<unknown>(readMetadataHead(path), { metadata: part(odd) });
    // Another version may put them in another order.
    Deno.writeTextFileSync(path, sealed(odd));
    const read = readMetadataHead(path);
    assertEquals(part("metadata" in read ? read.metadata : {}), part(odd));
  });
});

Deno.test("what was only sealed has a head where that is of its type, and is damaged where the rest is not", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { metadata } = await prepare(workspace, specOf(), 1);
    const path = `${dir}/x_metadata.json`;
    Deno.writeTextFileSync(path, metadataText({ ...metadata, run: 1 as never }));
    assert("metadata" in readMetadataHead(path));
    assert("damaged" in readMetadataFile(path));
    Deno.writeTextFileSync(path, metadataText({ ...metadata, times: 1 as never }));
    assert("damaged" in readMetadataHead(path));
    const text = metadataText(metadata);
    const at = text.indexOf('"versions"'); // in the rest
    Deno.writeTextFileSync(path, text.slice(0, at) + "X" + text.slice(at + 1));
    assert("damaged" in readMetadataHead(path));
  });
});

Deno.test("any byte that changed makes it damaged", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { place } = await put(workspace, specOf(), { a: 1 });
    const bytes = Deno.readFileSync(metadataAt(place));
    const path = `${dir}/changed.json`;
    for (let i = 0; i < bytes.length; i++) {
      for (const flip of i % 16 === 0 ? [1, 2, 4, 8, 16, 32, 64, 128] : [1 << i % 8]) {
        const changed = bytes.slice();
        changed[i]! ^= flip;
        Deno.writeFileSync(path, changed);
        assert("damaged" in readMetadataFile(path), `byte ${i} with ${flip} flipped`);
      }
    }
  });
});

Deno.test("so does one cut short anywhere, or longer than it was", async () => {
  await withWorkspace(async ({ workspace }) => {
    const text = metadataText((await prepare(workspace, specOf(), 1)).metadata);
    for (let length = 0; length < text.length; length++) {
      assert("damaged" in parseMetadata(text.slice(0, length)), `cut at ${length}`);
    }
    for (const longer of [`${text} `, `${text}\n`, ` ${text}`, text + text, `\ufeff${text}`]) {
      assert("damaged" in parseMetadata(longer));
    }
  });
});

for (const text of ["", "{}", "x", "null", "\0".repeat(500), "[]"]) {
  Deno.test(`${JSON.stringify(text.slice(0, 10))} is no metadata`, () =>
    assert("damaged" in parseMetadata(text)));
}

Deno.test("another format is damaged, and says which", async () => {
  await withWorkspace(async ({ workspace }) => {
    const { metadata } = await prepare(workspace, specOf(), 1);
    const found = parseMetadata(sealed({ ...metadata, format: 2 })) as { damaged: string };
    assertEquals(found, { damaged: "the metadata has format 2, wanted 1" });
  });
});

for (const path of ["../x", "/../../x", "_a/../../x", "{files}/../x"]) {
  Deno.test(`a sealed entry ${path} leads nowhere`, async () => {
    await withWorkspace(async ({ workspace }) => {
      const { metadata } = await prepare(workspace, specOf(), 1);
      const forged = { ...metadata, files: [{ path, size: 1, modified: 0, sha256: "" }] };
      assert("damaged" in parseMetadata(sealed(forged)));
    });
  });
}

for (
  const forged of [{ format: 1 }, { format: 1, files: null }, { format: 1, files: [{}] }, {
    format: 1,
    files: {},
  }]
) {
  Deno.test(`sealed metadata that is only ${JSON.stringify(forged)} is damaged, not an error`, () => {
    let result: MetadataResult | undefined;
    try {
      result = parseMetadata(sealed(forged));
    } catch (error) {
      throw new Error(`It threw: ${error}`);
    }
    assert("damaged" in result);
  });
}

Deno.test("where no file is there is none; a folder in its place is damaged", async () => {
  await withTempDir((dir) => {
    assertEquals(readMetadataFile(`${dir}/none.json`), { absent: true });
    Deno.writeTextFileSync(`${dir}/file`, "");
    assertEquals(readMetadataFile(`${dir}/file/below.json`), { absent: true });
    Deno.mkdirSync(`${dir}/folder.json`);
    assert("damaged" in readMetadataFile(`${dir}/folder.json`));
  });
});

Deno.test("metadata that is a link, or larger than any text, is damaged, and read no further", () =>
  withTempDir((dir) => {
    const path = `${dir}/x_metadata.json`;
    Deno.writeTextFileSync(`${dir}/elsewhere`, sealed({}));
    Deno.symlinkSync(`${dir}/elsewhere`, path);
    assertEquals(readMetadataFile(path), { damaged: "the metadata is a link" });
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "");
    Deno.truncateSync(path, 2 ** 30);
    assertEquals(readMetadataFile(path), {
      damaged: "the metadata is 1073741824 bytes long, which no text can be",
    });
  }));
