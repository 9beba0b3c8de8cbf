/**
 * A process of its own: does what its first argument says, for tests of what several processes do at once.
 *
 * @module
 */
import { parameterSets } from "../../../core/params/sets.ts";
import { tryLock } from "../../../core/store/disk/locks.ts";
import { register } from "../../../core/store/registry.ts";
import { makeRunFolder } from "../../../core/store/run_folder.ts";
import { openStaging, stagingFolder } from "../../../core/store/staging.ts";
import { closeUses, noteUse } from "../../../core/store/uses/uses.ts";
import { openWorkspace } from "../../../core/store/workspace.ts";
import { put, specOf, threefold } from "./fixtures.ts";

/** A process that was started. */
export interface Child {
  /** What it says first: a line. */
  readonly said: Promise<string>;
  /** Kills it as the kernel does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits until it ends by itself. */
  end(): Promise<string>;
}

/**
 * Starts a process.
 *
 * @param args What it does, and with what.
 * @returns The process.
 */
export function startChild(...args: string[]): Child {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", "--quiet", new URL(import.meta.url).pathname, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const spoken = Promise.withResolvers<string>();
  const all = (async () => {
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes("\n")) spoken.resolve(text.slice(0, text.indexOf("\n")));
    }
    spoken.resolve(text);
    return text;
  })();
  return {
    said: spoken.promise,
    kill: async () => {
      process.kill("SIGKILL");
      await process.status;
      await all;
    },
    end: async () => {
      const { success } = await process.status;
      if (!success) throw new Error(`The process ${args.join(" ")} failed`);
      return await all;
    },
  };
}

/** Says that it is there, and never ends by itself. */
function stay(said: string): void {
  console.log(said);
  setInterval(() => {}, 1000);
}

if (import.meta.main) {
  const [what, path = "", count = "1", time = "0"] = Deno.args;
  const workspace = openWorkspace({ dir: path === "" ? "." : path, experiment: "exp" });
  switch (what) {
    case "lock": {
      const lock = tryLock(path);
      stay(typeof lock === "string" ? lock : "held");
      break;
    }
    case "stage": {
      const { dir } = openStaging(stagingFolder(path));
      Deno.writeTextFileSync(`${dir}/half`, "half");
      stay(dir);
      break;
    }
    case "commit":
      for (let i = 0;; i++) {
        await put(workspace, specOf({ cacher: threefold }), `value-${i}`, `value-${i}`);
        if (i === 3) console.log("committing");
      }
    case "use":
      noteUse(workspace, Deno.args.slice(2));
      stay("noted");
      break;
    case "script":
      noteUse(workspace, Deno.args.slice(2));
      break;
    case "uses":
      for (let i = 0; i < Number(count); i++) {
        noteUse(workspace, [`${time}${String(i).padStart(15, "0")}`.padEnd(64, "0")]);
        closeUses(workspace);
      }
      break;
    case "number":
      for (let i = 0; i < Number(count); i++) {
        console.log((await makeRunFolder(workspace, new Date(Number(time) * 1000))).reference);
      }
      break;
    case "register":
      for (let i = 0; i < Number(count); i++) {
        await register(workspace, parameterSets([{ i, note: "x".repeat(500) }]));
      }
      break;
  }
}
