/** What the tests that try attacks share: everything that lies in a folder, and what a run of loose stages comes to. */
import { join } from "@std/path";
import type { Cacher } from "../../core/define/cacher.ts";
import type { Experiment } from "../../core/define/experiment.ts";
import { runExperiment } from "../../core/run/run_experiment.ts";
import type { RunOptions } from "../../core/run/run_options.ts";
import { collect } from "../core/run/helpers.ts";

/** All below a folder by relative name: the bytes of files, where links lead, `/` for folders. Links are not followed. */
export function everything(dir: string, above = ""): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(dir)) {
    const path = join(dir, name);
    if (isSymlink) all[above + name] = `-> ${Deno.readLinkSync(path)}`;
    else if (isDirectory) {
      Object.assign(all, { [`${above}${name}/`]: "/" }, everything(path, `${above}${name}/`));
    } else all[above + name] = new TextDecoder("latin1").decode(Deno.readFileSync(path));
  }
  return all;
}

/** Of a listing, what another one has too, by name: what became of it. */
export function stillThere(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(before).map((name) => [name, after[name]]));
}

/** Runs an experiment in `dir/data`, and gives what it came to with its warnings. */
export async function tryRun(dir: string, experiment: Experiment, options: RunOptions = {}) {
  const { onEvent, warnings, events } = collect();
  const result = await runExperiment(experiment, { dir: `${dir}/data`, onEvent, ...options });
  return { result, warnings, events };
}

/** Writes a file, and the folders above it. */
export function put(path: string, text: string): void {
  Deno.mkdirSync(join(path, ".."), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

/** Keeps a text in a file and in a folder with a folder in it. */
export const foldered: Cacher<string> = {
  extension: ".txt",
  kind: "foldered",
  save: (value, artifact) => {
    Deno.writeTextFileSync(artifact.path(), value);
    Deno.mkdirSync(`${artifact.dir("_weights")}/deep`);
    Deno.writeTextFileSync(`${artifact.dir("_weights")}/deep/a.txt`, value);
  },
  load: (artifact) => {
    const texts = [artifact.path(), `${artifact.dir("_weights")}/deep/a.txt`].map((path) =>
      Deno.readTextFileSync(path)
    );
    return [...new Set(texts)].join("+");
  },
};
