import { assertEquals } from "@std/assert";
import { notebookCacher } from "../../cachers/notebook_cacher.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

function temporary(): string {
  return `${tempDirSync()}/a.ipynb`;
}

Deno.test("the file is a notebook of nbformat 4.5 for the Deno kernel", async () => {
  const path = temporary();
  await notebookCacher().save([["let a = 1;", "a"], []], at(path));
  const { cells, metadata, nbformat, nbformat_minor } = JSON.parse(Deno.readTextFileSync(path));
  const empty = { cell_type: "code", execution_count: null, metadata: {}, outputs: [] };
  assertEquals(cells, [
    { ...empty, id: "cell-1", source: ["let a = 1;\n", "a"] },
    { ...empty, id: "cell-2", source: [] },
  ]);
  assertEquals([nbformat, nbformat_minor], [4, 5]);
  assertEquals(metadata.kernelspec, { display_name: "Deno", language: "typescript", name: "deno" });
  assertEquals(metadata.language_info.name, "typescript");
});

Deno.test("a notebook that Jupyter saved gives its code cells", async () => {
  const path = temporary();
  const cell = {
    metadata: {},
    outputs: [{ output_type: "stream", name: "stdout", text: "1\n" }],
    execution_count: 3,
  };
  Deno.writeTextFileSync(
    path,
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 2,
      metadata: {},
      cells: [
        { cell_type: "markdown", metadata: {}, source: "# Notes" },
        { ...cell, cell_type: "code", source: "a\nb\r\n" },
        { ...cell, cell_type: "code", source: ["c\n", "d"] },
        { ...cell, cell_type: "code", source: "" },
        { cell_type: "raw", metadata: {}, source: [] },
      ],
    }),
  );
  assertEquals(await notebookCacher().load(at(path)), [["a", "b", ""], ["c", "d"], []]);
});
