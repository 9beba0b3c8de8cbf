/** What runs and scripts note of what they need of a cache. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import fc from "fast-check";
import { tryLock } from "../../../../core/store/disk/locks.ts";
import { closeUses, endUses, noteUse, removalLockPath } from "../../../../core/store/uses/uses.ts";
import {
  headerLine,
  journalLine,
  keyLine,
  parseJournal,
  parseNoted,
} from "../../../../core/store/uses/format.ts";
import { journalPath, liveFolder, setsFolder, usesFolder } from "../../../../core/store/uses/journal.ts";
import { replaceOwnFile } from "../../../../core/store/own_file.ts";
import { readUses, type Use, watchUses } from "../../../../core/store/uses/read.ts";
import { openWorkspace, type Workspace } from "../../../../core/store/workspace.ts";
import { withTempDir } from "../../../helpers/temp_dir.ts";
import { tree } from "../../../helpers/tree.ts";
import { startChild } from "../child.ts";
import { corrupt, withWorkspace } from "../fixtures.ts";

/** The key that begins with 16 times a digit. */
function key(digit: string): string {
  return digit.repeat(64);
}

const shown = (use: Use) => use.keys.map((each) => each[0]).join("");

/** All that is noted: the keys of each that ended, and of each that lives; and what was damaged. */
function noted(cache: string): { past: string[]; live: string[]; warnings: string[] } {
  const warnings: string[] = [];
  const { past, live } = readUses(cache, (message) => warnings.push(message));
  return { past: past.map(shown), live: live.map(shown), warnings };
}

function another(workspace: Workspace): Workspace {
  return openWorkspace({ dir: workspace.dir, experiment: "other", warn: workspace.warn });
}

Deno.test("what is noted is there while the process lives, and in the journal once it is done", async () => {
  await withWorkspace(({ workspace, warnings }) => {
    const { cache } = workspace;
    assertEquals(noteUse(workspace, [key("a"), key("b")]), undefined);
    assertEquals(noteUse(workspace, [key("b"), key("c")]), undefined);
    noteUse(workspace, [key("d")], "end");
    assertEquals(noted(cache), { past: [], live: ["abcd"], warnings: [] });
    assertEquals(tree(liveFolder(cache)).length, 2, "the file and its lock");
    closeUses(workspace);
    closeUses(workspace);
    assertEquals(noted(cache), { past: ["abc"], live: [], warnings: [] });
    assertEquals(tree(liveFolder(cache)), []);
    assertEquals(tree(usesFolder(cache)).filter((name) => name.endsWith(".lock")), []);

    noteUse(workspace, [key("e")]); // the workspace can be used again
    closeUses(workspace);
    assertEquals(noted(cache).past, ["abc", "e"]);
    assertEquals(warnings, []);
  });
});

Deno.test("who it was, and where the full store lies as seen from the cache", async () => {
  await withWorkspace(({ workspace, dir }) => {
    const store = `${dir}/data/runs/exp_1/artifacts`;
    workspace.session.owner = { reference: "exp_1", store };
    noteUse(workspace, [key("a")]);
    closeUses(workspace);
    const [use] = readUses(workspace.cache, () => {}).past;
    assertEquals([use!.experiment, use!.reference, use!.store], ["exp", "exp_1", store]);
    assert(use!.started <= use!.ended && Math.abs(use!.ended - Date.now()) < 60_000);
    assertStringIncludes(Deno.readTextFileSync(journalPath(workspace.cache)), '"../runs/exp_1/artifacts"');
  });
});

Deno.test("a full store is found from a cache that is a link, by whichever path either is named", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/mine/runs/exp_1/artifacts`, { recursive: true });
    Deno.mkdirSync(`${dir}/shared/deep/cache`, { recursive: true });
    Deno.symlinkSync(`${dir}/mine`, `${dir}/data`);
    Deno.symlinkSync(`${dir}/shared/deep/cache`, `${dir}/mine/cache`);
    const workspace = openWorkspace({ dir: `${dir}/data`, experiment: "exp" });
    workspace.session.owner = { reference: "exp_1", store: `${dir}/data/runs/exp_1/artifacts` };
    noteUse(workspace, [key("a")]);
    closeUses(workspace);
    for (const cache of [workspace.cache, `${dir}/mine/cache`, `${dir}/shared/deep/cache`]) {
      assertEquals(readUses(cache, () => {}).past.map(({ store }) => store), [
        `${dir}/mine/runs/exp_1/artifacts`,
      ]);
    }
    Deno.renameSync(`${dir}/mine`, `${dir}/shared/mine`);
    assertEquals(
      readUses(`${dir}/shared/deep/cache`, () => {}).past.length,
      1,
      "where it is gone, it is known",
    );
  });
});

Deno.test("a dry run notes nothing", async () => {
  await withTempDir((dir) => {
    for (const dry of [{ dry: true }, { dryCache: true }]) {
      const workspace = openWorkspace({ dir, experiment: "exp", ...dry });
      noteUse(workspace, [key("a")]);
      closeUses(workspace);
    }
    assertEquals(tree(dir), []);
  });
});

Deno.test("a thousand runs that need the same cost a line each, and one list", async () => {
  await withWorkspace(({ workspace }) => {
    const { cache } = workspace;
    const keys = Array.from({ length: 500 }, (_, i) => i.toString(16).padStart(64, "0"));
    for (let i = 0; i < 1000; i++) {
      noteUse(workspace, keys.map((each) => each.slice(-16) + each));
      closeUses(workspace);
    }
    assertEquals(readUses(cache, () => {}).past.length, 1000);
    assertEquals(tree(setsFolder(cache)).length, 1);
    assert(Deno.statSync(journalPath(cache)).size < 300 * 1000);
  });
});

Deno.test("what a process left that was killed counts as a run that ended, and the next one puts it in the journal", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { cache } = workspace;
    const child = startChild("use", `${dir}/data`, key("a"), key("b"));
    assertEquals(await child.said, "noted");
    assertEquals(noted(cache), { past: [], live: ["ab"], warnings: [] });
    await child.kill();
    assertEquals(noted(cache), { past: ["ab"], live: [], warnings: [] });
    noteUse(workspace, [key("c")]);
    closeUses(workspace);
    assertEquals(noted(cache), { past: ["c", "ab"], live: [], warnings: [] });
    assertEquals(tree(liveFolder(cache)), []);
  });
});

Deno.test("a script that ends by itself leaves a line in the journal", async () => {
  await withTempDir(async (dir) => {
    await startChild("script", dir, key("a")).end();
    assertEquals(noted(`${dir}/cache`), { past: ["a"], live: [], warnings: [] });
    assertEquals(tree(liveFolder(`${dir}/cache`)), []);
  });
});

Deno.test("a cache that is gone is not made anew for a note", async () => {
  await withWorkspace(({ workspace, dir, warnings }) => {
    noteUse(workspace, [key("a")]);
    Deno.removeSync(`${dir}/data`, { recursive: true });
    closeUses(workspace);
    assertEquals([tree(dir), warnings], [[], []]);
  });
});

Deno.test("while somebody removes, whoever notes waits; else nobody does", async () => {
  await withWorkspace(async ({ workspace }) => {
    noteUse(workspace, [key("a")]);
    const lock = tryLock(removalLockPath(workspace.cache));
    assert(typeof lock !== "string");
    assertEquals(noteUse(workspace, [key("a")]), undefined, "that is known already");
    let isDone = false;
    const waiting = noteUse(workspace, [key("b")])!.then(() => isDone = true);
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve));
    assertEquals([isDone, noted(workspace.cache).live], [false, ["ab"]], "it is noted before that");
    lock.release();
    await waiting;
    assertEquals(tree(workspace.cache).filter((name) => name.endsWith("uses.lock")), []);
    closeUses(workspace);
  });
});

Deno.test("who waits for longer than a moment is told so once, with the lock's path", async () => {
  await withWorkspace(async ({ workspace, warnings }) => {
    noteUse(workspace, [key("a")]);
    const real = globalThis.setTimeout;
    // A second is over at once.
    globalThis.setTimeout = ((work: () => void, time = 0) =>
      real(work, time < 1000 ? time : 0)) as typeof real;
    try {
      const lock = tryLock(removalLockPath(workspace.cache));
      assert(typeof lock !== "string");
      const waiting = noteUse(workspace, [key("b")]);
      for (let i = 0; i < 1000 && warnings.length === 0; i++) {
        await new Promise((resolve) => real(resolve, 1));
      }
      lock.release();
      await waiting;
    } finally {
      globalThis.setTimeout = real;
    }
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, `"${removalLockPath(workspace.cache)}" is held by a process`);
    closeUses(workspace);
  });
});

Deno.test("a lock that a process left that was killed while it removed stops nobody", async () => {
  await withWorkspace(async ({ workspace }) => {
    noteUse(workspace, [key("a")]);
    Deno.writeTextFileSync(removalLockPath(workspace.cache), "");
    await noteUse(workspace, [key("b")]);
    assertEquals(noteUse(workspace, [key("c")]), undefined, "it is gone");
    closeUses(workspace);
  });
});

Deno.test("a watch sees what is needed from then on: by one that lives, begins, goes on or ends meanwhile", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const { cache } = workspace;
    noteUse(workspace, [key("0")]);
    closeUses(workspace);
    const killed = startChild("use", `${dir}/data`, key("1"));
    await killed.said;
    await killed.kill();
    const [one, two, three] = [another(workspace), another(workspace), another(workspace)];
    noteUse(one, [key("a")]);
    const watch = watchUses(cache, (message) => {
      throw new Error(message);
    });
    const seen = () => [...watch.refresh()].map((each) => each[0]).toSorted().join("");
    assertEquals(seen(), "a");
    noteUse(one, [key("b")]);
    noteUse(two, [key("c")]);
    assertEquals(seen(), "abc");
    noteUse(three, [key("d")]);
    closeUses(three); // it came and went between two looks
    closeUses(one);
    assertEquals(seen().replace("1", ""), "abcd");
    closeUses(two);
  });
});

/** What may lie in place of a file, and what is said of it. */
const oddities: Record<string, (path: string) => void> = {
  "a folder": (path) => Deno.mkdirSync(path, { recursive: true }),
  "a link": (path) => Deno.symlinkSync("/etc/hosts", path),
};

for (const [odd, put] of Object.entries(oddities)) {
  Deno.test(`${odd} in place of the journal is one warning, and nothing is written there`, async () => {
    await withWorkspace(({ workspace, warnings }) => {
      const { cache } = workspace;
      noteUse(workspace, [key("a")]);
      put(journalPath(cache));
      assertEquals(noted(cache).live, ["a"]);
      assertMatch(
        noted(cache).warnings.join("\n"),
        new RegExp(`^"[^\n]*journal.jsonl" is ${odd}, and no file: it is not read$`),
      );
      closeUses(workspace);
      assertEquals(warnings.length, 1);
      assertStringIncludes(warnings[0]!, `is ${odd}, and no file; move it away`);
      assertEquals(noted(cache).past, ["a"], "the note stays where it was");
    });
  });
}

Deno.test("any byte of the journal that changes costs its line alone, with one warning", async () => {
  await withWorkspace(({ workspace }) => {
    const { cache } = workspace;
    for (const digit of "abc") {
      noteUse(workspace, [key(digit)]);
      closeUses(workspace);
    }
    const path = journalPath(cache);
    const whole = Deno.readFileSync(path);
    for (let at = 0; at < whole.length; at++) {
      corrupt(path, at);
      const { past, warnings } = noted(cache);
      const isBreak = whole[at] === 10;
      assert(
        past.length >= (isBreak ? 1 : 2) && past.every((each) => "abc".includes(each)),
        `${at}: ${past}`,
      );
      assert(warnings.length <= 1, warnings.join("\n"));
      Deno.writeFileSync(path, whole);
    }
    for (let length = 0; length < whole.length; length += 7) {
      Deno.writeFileSync(path, whole.slice(0, length));
      const { past, warnings } = noted(cache);
      assert(warnings.length <= 1 && past.length <= 3);
      noteUse(workspace, [key("d")]);
      closeUses(workspace);
      assert(noted(cache).past.includes("d"), "what comes after it is not lost");
    }
  });
});

Deno.test("what can't be added to the journal is one warning, though it is tried again when the process ends", async () => {
  await withWorkspace(({ workspace, warnings }) => {
    noteUse(workspace, [key("a")]);
    Deno.mkdirSync(journalPath(workspace.cache));
    workspace.session.owner = { reference: null, store: null };
    endUses(workspace);
    globalThis.dispatchEvent(new Event("unload"));
    assertEquals(warnings.length, 1, warnings.join("\n"));
    assertEquals(noted(workspace.cache).past, ["a"]);
  });
});

Deno.test("a journal that is written anew while it is read is read again, and none of its lists is missed", async () => {
  await withWorkspace(({ workspace }) => {
    const { cache } = workspace;
    for (const digit of "ab") {
      noteUse(workspace, [key(digit)]);
      closeUses(workspace);
    }
    const real = Deno.readTextFileSync;
    Deno.readTextFileSync = (path) => {
      const text = real(path);
      if (path !== journalPath(cache)) return text;
      Deno.readTextFileSync = real;
      const [first] = parseJournal(text).entries;
      replaceOwnFile(journalPath(cache), journalLine(first!));
      for (const set of tree(setsFolder(cache))) {
        if (set !== first!.set) Deno.removeSync(join(setsFolder(cache), set));
      }
      return text;
    };
    try {
      assertEquals(noted(cache), { past: ["a"], live: [], warnings: [] });
    } finally {
      Deno.readTextFileSync = real;
    }
  });
});

Deno.test("a disk that is full in the midst of a line leaves no half of it in the journal", async () => {
  await withWorkspace(({ workspace, warnings }) => {
    const { cache } = workspace;
    noteUse(workspace, [key("a")]);
    closeUses(workspace);
    noteUse(workspace, [key("b")]);
    const real = Deno.writeTextFileSync;
    Deno.writeTextFileSync = (path, text, options) => {
      if (path !== journalPath(cache)) return real(path, text, options);
      real(path, String(text).slice(0, 40), options);
      throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    };
    try {
      closeUses(workspace);
    } finally {
      Deno.writeTextFileSync = real;
    }
    assertEquals(warnings.length, 1);
    assertEquals(noted(cache), { past: ["a", "b"], live: [], warnings: [] });
  });
});

Deno.test("a list of keys that is damaged or gone is one warning, and written again by the next run", async () => {
  await withWorkspace(({ workspace }) => {
    const { cache } = workspace;
    const run = () => {
      noteUse(workspace, [key("a")]);
      closeUses(workspace);
    };
    run();
    run();
    const path = join(setsFolder(cache), tree(setsFolder(cache))[0]!);
    corrupt(path);
    assertEquals(noted(cache).past, ["", ""], "they are known, and what they need is not");
    assertMatch(
      noted(cache).warnings.join("\n"),
      /^"[^\n]*" is damaged: what the runs that name it used is not known$/,
    );
    for (
      const damage of [
        () => Deno.removeSync(path),
        () => Deno.truncateSync(path, 3),
        () => Deno.mkdirSync(path),
      ]
    ) {
      Deno.removeSync(path);
      if (damage.toString().includes("truncate") || damage.toString().includes("remove")) {
        Deno.writeTextFileSync(path, "0123456789abcdef\n");
      }
      damage();
      assert(noted(cache).past.every((keys) => keys === ""));
      assertEquals(readUses(cache, () => {}).isWhole, false);
      run();
      assertEquals(readUses(cache, () => {}).isWhole, true);
      assertEquals(new Set(noted(cache).past), new Set(["a"]));
    }
  });
});

Deno.test("what the file of one that lives may hold: a line that is damaged is skipped, one that is half written is none", () => {
  const header = headerLine({
    experiment: "exp",
    reference: null,
    started: "2026-01-01T00:00:00Z",
    store: null,
  });
  const a = "a".repeat(16);
  const parts = (text: string) => {
    const { header, keys, passing, damaged } = parseNoted(text);
    return [header?.experiment, keys.length, passing.length, damaged];
  };
  assertEquals(parts(""), [undefined, 0, 0, 0]);
  assertEquals(parts(header.slice(0, 20)), [undefined, 0, 0, 0]);
  assertEquals(parts(`${header}${a}\n${keyLine(a, true)}\n`), ["exp", 1, 1, 0]);
  assertEquals(parts(`${header}${a}\n${a.slice(1)}`), ["exp", 1, 0, 0]);
  assertEquals(parts(`${header}${a.slice(1)}\n\n${a}\n`), ["exp", 1, 0, 2]);
  assertEquals(parts(`{}\n${a}\n`), [undefined, 1, 0, 1], "its keys still count");
});

Deno.test("a full store is the artifacts of a run, or nothing that is looked at", () => {
  const entry = {
    experiment: "e",
    reference: null,
    started: "2026-01-01T00:00:00Z",
    ended: "2026-01-01T00:00:00Z",
  };
  const set = "0".repeat(64);
  const good = ["../runs/e_1/artifacts", "runs/e_1/artifacts", "/data/runs/e_1/artifacts"];
  for (const store of [...good, null]) {
    assertEquals(parseJournal(journalLine({ ...entry, store, set })).entries.length, 1, String(store));
  }
  for (const store of ["/etc", "../runs/e_1", "runs/artifacts", "", 5]) {
    assertEquals(
      parseJournal(journalLine({ ...entry, store: store as string, set })).damaged,
      1,
      String(store),
    );
  }
});

Deno.test("whatever a journal or a note holds, it is read without an error", () => {
  const line = fc.oneof(fc.string(), fc.json(), fc.json().map((json) => `0123456789abcdef ${json}`));
  fc.assert(fc.property(fc.array(line).map((lines) => lines.join("\n")), (text) => {
    parseJournal(text);
    parseNoted(text);
  }));
});

Deno.test("a file in place of a folder is an error that says so; where nothing can be written, a warning", async () => {
  await withWorkspace(({ workspace }) => {
    Deno.mkdirSync(`${workspace.cache}/.cairn`, { recursive: true });
    Deno.writeTextFileSync(usesFolder(workspace.cache), "");
    assertThrows(() => noteUse(workspace, [key("a")]), Error, "it is no folder; move it away");
  });
  await withWorkspace(({ workspace, warnings }) => {
    const real = Deno.openSync;
    Deno.openSync = () => {
      throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    };
    try {
      assertEquals(noteUse(workspace, [key("a")]), undefined);
      assertEquals(noteUse(workspace, [key("b")]), undefined);
    } finally {
      Deno.openSync = real;
    }
    closeUses(workspace);
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, "can't be written to");
  });
});

Deno.test("sessions that end at once lose nothing", async () => {
  await withWorkspace(async ({ workspace, dir }) => {
    const children = Array.from({ length: 3 }, (_, i) => startChild("uses", `${dir}/data`, "30", String(i)));
    for (const child of children) await child.end();
    const { past, live } = readUses(workspace.cache, (message) => {
      throw new Error(message);
    });
    assertEquals([new Set(past.map(({ keys }) => keys.join())).size, live.length], [90, 0]);
  });
});
