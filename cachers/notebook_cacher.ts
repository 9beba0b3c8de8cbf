/**
 * Jupyter notebooks.
 *
 * @module
 */
import type { Cacher } from "../core/define/cacher.ts";
import { isPlainArray, isPlainObject, sortOf, withinLimits } from "../core/define/json_value.ts";
import { ownCacher } from "../core/define/own_save.ts";
import { writeBytes } from "../core/define/whole_file.ts";
import { cannotLoad, cannotSave, readJson } from "./read_text.ts";

/**
 * Keeps a list of cells, each a list of lines, as a Jupyter notebook (nbformat 4.5) for the Deno kernel.
 *
 * All cells are code. `load` gives the code cells of a notebook that a person ran or wrote notes in, too: notes
 * (markdown cells) and results stay in the file and are no part of the value.
 *
 * @returns A cacher: `.ipynb`, kind `notebook`. Its `save` rejects with a `TypeError` that names what is no line
 * (`$[1][0]`), its `load` with a `SyntaxError` where the file is no notebook of version 4.
 * @throws Nothing by itself.
 *
 * @example
 * ```ts
 * import { at } from "@cairn/cairn";
 * import { notebookCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const path = `${await Deno.makeTempDir()}/report.ipynb`;
 * const cells = [["const score = 0.75;"], ["if (score > 0.5) {", '  console.log("good");', "}"]];
 * await notebookCacher().save(cells, at(path));
 * assertEquals(await notebookCacher().load(at(path)), cells);
 * ```
 */
export function notebookCacher(): Cacher<string[][]> {
  return ownCacher({
    extension: ".ipynb",
    kind: "notebook",
    save: async (value, artifact) => {
      const path = artifact.path();
      const what = cannotSave(path, "a notebook");
      checkCells(value, what);
      await writeBytes(
        artifact,
        withinLimits(what, () => `${JSON.stringify(notebook(value), null, 1)}\n`),
        path,
      );
    },
    load: async (artifact) => {
      const path = artifact.path();
      return cellsOf(await readJson(artifact, "a notebook"), cannotLoad(path, "a notebook"));
    },
  });
}

function checkCells(value: unknown, what: string): asserts value is string[][] {
  checkList(value, "$", "a list of cells", what);
  for (let i = 0; i < value.length; i++) {
    const cell = value[i];
    checkList(cell, `$[${i}]`, "a list of lines", what);
    for (let j = 0; j < cell.length; j++) {
      const line = cell[j];
      if (typeof line !== "string") {
        throw new TypeError(`${what}: $[${i}][${j}] is ${sortOf(line)}, wanted one line of text`);
      }
      if (/[\n\r]/.test(line)) {
        throw new TypeError(
          `${what}: $[${i}][${j}] holds a line break, wanted one line; split it at its line breaks`,
        );
      }
      if (!line.isWellFormed()) {
        throw new TypeError(`${what}: $[${i}][${j}] holds half of a surrogate pair, which Jupyter refuses`);
      }
    }
  }
}

function checkList(value: unknown, path: string, wanted: string, what: string): asserts value is unknown[] {
  if (Array.isArray(value) && isPlainArray(value)) return;
  throw new TypeError(
    `${what}: ${path} is ${Array.isArray(value) ? "not a plain array" : sortOf(value)}, wanted ${wanted}`,
  );
}

/** Keys in the order in which Jupyter writes them, so that its first save changes little. */
function notebook(cells: readonly (readonly string[])[]): Record<string, unknown> {
  return {
    cells: cells.map((lines, i) => ({
      cell_type: "code",
      execution_count: null,
      id: `cell-${i + 1}`,
      metadata: {},
      outputs: [],
      source: lines.map((line, j) => j < lines.length - 1 ? `${line}\n` : line),
    })),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      // No version: the kernel puts its own there, and the same cells shall give the same bytes.
      language_info: {
        codemirror_mode: "typescript",
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
        nbconvert_exporter: "script",
        pygments_lexer: "typescript",
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function cellsOf(value: unknown, what: string): string[][] {
  if (!isPlainObject(value) || value.nbformat !== 4 || !Array.isArray(value.cells)) {
    throw new SyntaxError(`${what}: it is no notebook of nbformat 4, with a list of cells`);
  }
  const cells: string[][] = [];
  for (const [i, cell] of value.cells.entries()) {
    if (!isPlainObject(cell)) {
      throw new SyntaxError(`${what}: its cell ${i + 1} is ${sortOf(cell)}, wanted an object`);
    }
    if (cell.cell_type === "code") {
      cells.push(linesOf(cell.source, `${what}: the source of its cell ${i + 1}`));
    }
  }
  return cells;
}

/** Jupyter's format allows one text, or a list of texts to be put together. */
function linesOf(source: unknown, what: string): string[] {
  if (source === "") return [];
  if (typeof source === "string") return source.split(/\r\n|\n|\r/);
  if (!Array.isArray(source) || source.some((part) => typeof part !== "string")) {
    throw new SyntaxError(`${what} is ${sortOf(source)}, wanted text or a list of texts`);
  }
  return source.length === 0 ? [] : source.join("").split(/\r\n|\n|\r/);
}
