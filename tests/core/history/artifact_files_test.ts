import { assertEquals } from "@std/assert";
import { metadataIn, readBeside, readFound } from "../../../core/history/artifact_files.ts";
import { testIn } from "../run/helpers.ts";
import { cached, key, writeMetadata } from "./helpers.ts";

testIn(
  "metadata files are found in the cache and its subdirs, not within artifacts or Cairn's own folder",
  (dir) => {
    writeMetadata(cached(dir, key("1")));
    writeMetadata(cached(`${dir}/models/deep`, key("2"), "fit_a_b", "my_exp"));
    writeMetadata(cached(`${dir}/.cairn/staging`, key("3")));
    writeMetadata(cached(`${dir}/exp_${key("4").slice(0, 16)}_fit.files`, key("4")));
    Deno.writeTextFileSync(`${dir}/exp_1111111111111111_fit_model.json`, "");
    Deno.writeTextFileSync(`${dir}/notes_metadata.json`, "");
    const names = metadataIn(dir).toSorted((a, b) => a.key < b.key ? -1 : 1);
    assertEquals(names, [
      { path: cached(dir, key("1")), prefix: "exp", key: key("1").slice(0, 16), rest: "fit_model" },
      {
        path: cached(`${dir}/models/deep`, key("2"), "fit_a_b", "my_exp"),
        prefix: "my_exp",
        key: key("2").slice(0, 16),
        rest: "fit_a_b",
      },
    ]);
    assertEquals(metadataIn(`${dir}/nowhere`), []);
  },
);

testIn("metadata is read with the path of its main file; what is damaged or gone is left out", (dir) => {
  const path = cached(dir, key("1"));
  writeMetadata(path, { cacher: { kind: "custom", extension: ".tar.gz" } });
  assertEquals(readFound(path)?.path, path.replace("_metadata.json", ".tar.gz"));
  assertEquals(readFound(path)?.metadata.stage, "fit");
  assertEquals(readFound(`${dir}/none_metadata.json`), undefined);
  Deno.writeTextFileSync(path, "{}");
  assertEquals(readFound(path), undefined);
});

testIn("metadata is found beside a main file, however many dots its extension has", (dir) => {
  writeMetadata(`${dir}/raw.v1_metadata.json`, { cacher: { kind: "custom", extension: ".tar.gz" } });
  assertEquals(readBeside(`${dir}/raw.v1.tar.gz`)?.path, `${dir}/raw.v1.tar.gz`);
  assertEquals(readBeside(`${dir}/raw.v1.csv`), undefined);
  assertEquals(readBeside(`${dir}/other.json`), undefined);
  writeMetadata(`${dir}/bare_metadata.json`, { cacher: { kind: "path", extension: "" } });
  assertEquals(readBeside(`${dir}/bare`)?.path, `${dir}/bare`);
});
