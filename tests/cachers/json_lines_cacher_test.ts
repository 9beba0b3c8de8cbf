/** What `jsonLinesCacher` writes, and what it makes of files that others wrote. */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { jsonLinesCacher } from "../../cachers/json_lines_cacher.ts";
import { at } from "../../core/define/at.ts";
import { withTempDir } from "../helpers/temp_dir.ts";

const cacher = jsonLinesCacher();

async function read(path: string): Promise<unknown[]> {
  return await Array.fromAsync(await cacher.load(at(path)));
}

Deno.test("jsonLinesCacher writes a value a line, and nothing that would end the line before", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.jsonl");
    const values = [{ a: "x\ny\r" }, null, [1, { b: "\u2028\ud800" }], "", false];
    await cacher.save(
      (async function* () {
        yield* values;
      })(),
      at(path),
    );
    assertEquals(
      Deno.readTextFileSync(path),
      '{"a":"x\\ny\\r"}\nnull\n[1,{"b":"\u2028\\ud800"}]\n""\nfalse\n',
    );
    assertEquals(await read(path), values);
  }));

Deno.test("jsonLinesCacher passes over empty lines, and reads what else others write", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.jsonl");
    Deno.writeTextFileSync(path, '\ufeff{"a": 1}\r\n\r\n \t\n [2] \nnull\n"x"');
    assertEquals(await read(path), [{ a: 1 }, [2], null, "x"]);
  }));

Deno.test("jsonLinesCacher names the line that is no JSON; those before it were handed on", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "a.jsonl");
    Deno.writeTextFileSync(path, "1\n\n2\n{,\n3\n");
    const found: unknown[] = [];
    const error = await assertRejects(async () => {
      for await (const value of await cacher.load(at(path))) found.push(value);
    }, SyntaxError);
    assertEquals(
      [found, error.message],
      [
        [1, 2],
        `Cannot load ${
          JSON.stringify(path)
        } as JSON lines: line 4: Expected property name or '}' in JSON at position 1`,
      ],
    );
  }));
