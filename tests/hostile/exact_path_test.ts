/** At a path that the user chose, what Cairn did not write, or what was edited since, stays until the user says otherwise. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { jsonCacher } from "../../cachers/json_cacher.ts";
import { textCacher } from "../../cachers/text_cacher.ts";
import { atPath } from "../../core/define/combinators/at_path.ts";
import { valueOf } from "../../core/run/record.ts";
import { loadFrom, saveAs } from "../../core/store/inline.ts";
import { experiment, stage, testIn } from "../core/run/helpers.ts";
import { everything, foldered, put, stillThere, tryRun } from "./helpers.ts";

/** A stage whose output lies at `<dir>/out/x.txt`, with a folder beside it. */
function writer(dir: string, value = "value", during: () => void = () => {}) {
  const outputs = { x: atPath(foldered, `${dir}/out/x.txt`) };
  return experiment({
    stages: [stage("write", { params: [], version: value, outputs }, () => {
      during();
      return { x: value };
    })],
  });
}

/** Something of the user's in the way: what is put into the folder `out`. */
const IN_THE_WAY: Record<string, (out: string) => void> = {
  "a file": (out) => put(`${out}/x.txt`, "mine"),
  "a file with the very bytes": (out) => put(`${out}/x.txt`, "value"),
  "an empty file": (out) => put(`${out}/x.txt`, ""),
  "a folder": (out) => put(`${out}/x.txt/a.txt`, "mine"),
  "an empty folder": (out) => Deno.mkdirSync(`${out}/x.txt`, { recursive: true }),
  "a link to a file": (out) => {
    put(`${dirname(out)}/elsewhere.txt`, "mine");
    Deno.mkdirSync(out, { recursive: true });
    Deno.symlinkSync("../elsewhere.txt", `${out}/x.txt`);
  },
  "a link to nothing": (out) => {
    Deno.mkdirSync(out, { recursive: true });
    Deno.symlinkSync("../nothing.txt", `${out}/x.txt`);
  },
  "a link to a folder": (out) => {
    put(`${dirname(out)}/elsewhere/a.txt`, "mine");
    Deno.mkdirSync(out, { recursive: true });
    Deno.symlinkSync("../elsewhere", `${out}/x.txt`);
  },
  "another file of the artifact": (out) => put(`${out}/x_weights`, "mine"),
  "another folder of the artifact": (out) => put(`${out}/x_weights/mine.txt`, "mine"),
  "a link in place of another folder": (out) => {
    put(`${dirname(out)}/elsewhere/deep/a.txt`, "mine");
    Deno.mkdirSync(out, { recursive: true });
    Deno.symlinkSync("../elsewhere", `${out}/x_weights`);
  },
  "a file by its metadata's name": (out) => put(`${out}/x_metadata.json`, '{ "mine": true }\n'),
  "a folder by its metadata's name": (out) => put(`${out}/x_metadata.json/a.txt`, "mine"),
  "a link by its metadata's name": (out) => {
    put(`${dirname(out)}/elsewhere.json`, "{}");
    Deno.mkdirSync(out, { recursive: true });
    Deno.symlinkSync("../elsewhere.json", `${out}/x_metadata.json`);
  },
  "a file by the name of metadata under way": (out) => put(`${out}/.x_metadata.json.pending`, "mine"),
  "a link by the name of metadata under way": (out) => {
    put(`${dirname(out)}/elsewhere.json`, "{}");
    Deno.mkdirSync(out, { recursive: true });
    Deno.symlinkSync("../elsewhere.json", `${out}/.x_metadata.json.pending`);
  },
};

for (const [what, putThere] of Object.entries(IN_THE_WAY)) {
  testIn(`${what} of the user's at a path stays, and what is to be done is said`, async (dir) => {
    putThere(`${dir}/out`);
    const before = everything(dir);
    const tried = await tryRun(dir, writer(dir)).then(
      ({ result }) => result.errors.map(({ message }) => message).join(),
      (error: Error) => error.message,
    );
    assertStringIncludes(tried, `${dir}/out/`);
    assert(/overwrite|move it away/.test(tried), tried);
    assertEquals(stillThere(before, everything(dir)), before);
    // The same for one value by itself.
    const error = await assertRejects(() => saveAs(`${dir}/out/x.txt`, foldered, "value"), Error);
    assertStringIncludes(error.message, "{ overwrite: true }");
    assertEquals(stillThere(before, everything(dir)), before);
    assertEquals(
      Object.keys(everything(`${dir}/out`)),
      Object.keys(everything(`${dir}/out`)).filter((name) => `out/${name}` in before),
      "nothing is left there",
    );
  });

  testIn(
    `told to overwrite, ${what} in the way is replaced, and what a link leads to is not`,
    async (dir) => {
      putThere(`${dir}/out`);
      const before = everything(dir);
      const { result } = await tryRun(dir, writer(dir), { overwrite: true });
      assertEquals([result.executed, result.errors], [1, []]);
      assertEquals(await valueOf(result.records[0]!, "x"), "value");
      const after = everything(dir);
      for (const [name, text] of Object.entries(before)) {
        if (!name.startsWith("out/")) assertEquals(after[name], text, name);
      }
      assertEquals(Object.keys(everything(`${dir}/out`)).toSorted(), [
        "x.txt",
        "x_metadata.json",
        "x_weights/",
        "x_weights/deep/",
        "x_weights/deep/a.txt",
      ]);
      assertEquals((await tryRun(dir, writer(dir))).result.reused, 1);
    },
  );
}

const EDITS: Record<string, (out: string) => void> = {
  "its file": (out) => put(`${out}/x.txt`, "edited"),
  "a file in its folder": (out) => put(`${out}/x_weights/deep/a.txt`, "edited"),
  "its folder, by a file of one's own": (out) => put(`${out}/x_weights/deep/mine.txt`, "mine"),
};

for (const [what, edit] of Object.entries(EDITS)) {
  testIn(
    `an artifact at a path stays as the user edited it (${what}), whether its stage has to run or not`,
    async (dir) => {
      await tryRun(dir, writer(dir));
      edit(`${dir}/out`);
      const before = everything(`${dir}/out`);
      for (const value of ["value", "another"]) {
        const error = await assertRejects(() => tryRun(dir, writer(dir, value)), Error);
        assertStringIncludes(error.message, "overwrite");
        assertEquals(everything(`${dir}/out`), before);
        await assertRejects(() => saveAs(`${dir}/out/x.txt`, foldered, value), Error, "did not write it");
        assertEquals(everything(`${dir}/out`), before);
      }
      const { result } = await tryRun(dir, writer(dir, "another"), { overwriteStages: ["write"] });
      assertEquals(await valueOf(result.records[0]!, "x"), "another");
    },
  );
}

for (const [what, putThere] of Object.entries(IN_THE_WAY)) {
  testIn(`${what} of the user's that came while the stage ran stays`, async (dir) => {
    let before: Record<string, string> = {};
    const { result } = await tryRun(
      dir,
      writer(dir, "value", () => {
        putThere(`${dir}/out`);
        before = everything(`${dir}/out`);
      }),
    );
    assertEquals(result.failed, 1);
    assertStringIncludes(result.errors[0]!.message, `${dir}/out/`);
    assertEquals(everything(`${dir}/out`), before);
  });
}

testIn("beside a file that is adopted, a file of the user's by its metadata's name stays", async (dir) => {
  put(`${dir}/raw/a.json`, "[1]");
  for (const [i, mine] of ['{ "mine": true }\n', "", "[1, 2"].entries()) {
    put(`${dir}/raw/a_metadata.json`, mine);
    put(`${dir}/raw/.a_metadata.json.pending`, mine);
    const load = stage(
      "load",
      {
        params: [],
        version: String(i),
        outputs: { raw: atPath(jsonCacher(), `${dir}/raw/a.json`, { adopt: true }) },
      },
      () => ({ raw: "never" }),
    );
    const use = stage("use", { inputs: ["raw"] }, ({ raw }) => ({ use: raw }));
    const { result } = await tryRun(dir, experiment({ stages: [load, use] }));
    assertEquals(await valueOf(result.records[0]!, "use"), [1]);
    assertEquals(everything(`${dir}/raw`), {
      "a.json": "[1]",
      "a_metadata.json": mine,
      ".a_metadata.json.pending": mine,
    });
    assertEquals((await tryRun(dir, experiment({ stages: [load, use] }))).result.executed, 0);
  }
});

testIn("an adopted file is replaced by nothing, told to overwrite or not", async (dir) => {
  const path = `${dir}/raw/a.txt`;
  put(path, "mine");
  const outputs = { raw: atPath(textCacher(), path, { adopt: true }) };
  const load = experiment({ stages: [stage("load", { params: [], outputs }, () => ({ raw: "theirs" }))] });
  for (const options of [{}, { overwrite: true }, { overwriteStages: ["load"] }, {}]) {
    await tryRun(dir, load, options).catch((error: Error) => assertStringIncludes(error.message, path));
    assertEquals(Deno.readTextFileSync(path), "mine");
  }
  put(path, "edited");
  await tryRun(dir, load);
  assertEquals(await loadFrom(path, textCacher()).catch(() => Deno.readTextFileSync(path)), "edited");
});

testIn(
  "of two artifacts whose names differ in their extension alone, neither takes the other's metadata",
  async (dir) => {
    await saveAs(join(dir, "x.json"), jsonCacher(), 1);
    const before = everything(dir);
    await assertRejects(
      () => saveAs(join(dir, "x.txt"), textCacher(), "2"),
      Error,
      "metadata of another file",
    );
    assertEquals(everything(dir), before);
  },
);
