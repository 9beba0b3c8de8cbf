/**
 * Workspaces: the folder that holds the cache and the runs.
 *
 * @module
 */
import { join, normalize } from "@std/path";
import { checkSegment, printable, quote } from "../params/names.ts";
import { sortOf } from "../params/paths.ts";
import { removeIfThere } from "./disk/move.ts";
import { openStaging, ownFolder, type Staging, stagingFolder } from "./staging.ts";
import type { OpenUses, UseOwner } from "./uses/uses.ts";

/** What a workspace may write: everything, nothing in the cache, or nothing at all. */
export type DryMode = "no" | "cache" | "all";

/** A workspace, as {@linkcode openWorkspace} returns it. */
export interface Workspace {
  /** The folder that holds all. */
  readonly dir: string;
  /** The cache's folder. */
  readonly cache: string;
  /** The folder that holds one folder a run. */
  readonly runs: string;
  /** The experiment's name, in metadata and at the beginning of a run's name. */
  readonly experiment: string;
  /** What the artifacts' file names begin with. */
  readonly prefix: string;
  /** What a run may write. */
  readonly dry: DryMode;
  /** Whether inputs are frozen, and handed on as their cachers load them. */
  readonly strict: boolean;
  /** The module that a script's stages are defined in, for following their code; undefined where it gave none. */
  readonly module: string | undefined;
  /** Takes each warning, one line. */
  readonly warn: (message: string) => void;
  /** What this process holds open in it. */
  readonly session: Session;
}

/** What a process holds open in a workspace; made when it is first needed. */
export interface Session {
  /** This process's staging folder. */
  staging: Staging | undefined;
  /** Where a dry run's artifacts lie, in the system's temporary folder. */
  overlay: string | undefined;
  /** The folders that were found to be no links out of the workspace. */
  readonly checked: Set<string>;
  /** How many attempts to run a stage there were, of all that is run in it: each has a staging folder of its own. */
  attempts: number;
  /** The run that is under way, or that was the last; undefined for a script. */
  owner: UseOwner | undefined;
  /** What it noted that it needs. */
  uses: OpenUses | undefined;
}

/** Options of {@linkcode openWorkspace}. */
export interface WorkspaceOptions {
  /** The folder; `data` where it is left out. It is made when something is first written. */
  readonly dir?: string;
  /** The experiment that the records belong to. */
  readonly experiment: string;
  /** A cache elsewhere, in place of `<dir>/cache`: another workspace's, or the artifacts of a full store. */
  readonly cache?: string;
  /** What file names begin with, in place of the experiment's name. */
  readonly prefix?: string;
  /** Write nothing to the cache: what is computed lies in a temporary folder until the process ends. */
  readonly dryCache?: boolean;
  /** Write nothing in the workspace at all. */
  readonly dry?: boolean;
  /**
   * Freeze what stages read, and hand on what their cachers load, so that no stage can change what another sees and a
   * first run is like a second one.
   */
  readonly strict?: boolean;
  /**
   * The module that the stages are defined in: `import.meta.url`. The code that they reach from there enters their keys;
   * without it the text of `run` alone.
   */
  readonly module?: string;
  /** Takes each warning; it goes to standard error where this is left out. */
  readonly warn?: (message: string) => void;
}

/**
 * Opens a workspace. Nothing is written until something is saved.
 *
 * @param options Where it lies, and the experiment's name.
 * @returns The workspace.
 * @throws {TypeError} If the experiment's name or the prefix can't be part of a file name.
 *
 * @example
 * ```ts
 * import { createRecord, defineStage, openWorkspace, runStage, valueOf } from "@cairn/cairn";
 * import { jsonCacher } from "@cairn/cairn/cachers";
 * import { assertEquals } from "@std/assert";
 *
 * const double = defineStage({
 *   name: "double",
 *   inputs: ["value"],
 *   outputs: { doubled: jsonCacher<number>() },
 *   run: ({ value }: { value: number }) => ({ doubled: 2 * value }),
 * });
 *
 * const workspace = openWorkspace({ dir: await Deno.makeTempDir(), experiment: "numbers" });
 * const record = await runStage(createRecord(workspace, { name: "a" }, { value: 21 }), double);
 * assertEquals(await valueOf(record, double, "doubled"), 42);
 * ```
 */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { dir = "data", experiment, cache, prefix = experiment, module } = options;
  checkSegment("experiment", experiment);
  checkSegment("prefix", prefix);
  for (const [what, folder] of Object.entries({ dir, cache })) {
    if (folder !== undefined && (typeof folder !== "string" || folder === "")) {
      throw new TypeError(
        `Cannot open a workspace: "${what}" is the path of a folder, found ${
          folder === "" ? quote("") : sortOf(folder)
        }`,
      );
    }
  }
  if (module !== undefined && !(typeof module === "string" && URL.canParse(module))) {
    throw new TypeError(
      `Cannot open a workspace: "module" is a URL, as import.meta.url gives it, found ${quote(module)}`,
    );
  }
  return {
    module,
    dir,
    cache: cache === undefined ? join(dir, "cache") : normalize(cache).replace(/(?<=.)[\\/]+$/, ""),
    runs: join(dir, "runs"),
    experiment,
    prefix,
    dry: options.dry ? "all" : options.dryCache ? "cache" : "no",
    strict: options.strict ?? false,
    warn: options.warn ?? ((message) => console.warn(printable(`warning: ${message}`))),
    session: {
      staging: undefined,
      overlay: undefined,
      checked: new Set(),
      attempts: 0,
      owner: undefined,
      uses: undefined,
    },
  };
}

/**
 * The root that artifacts are committed to: the cache, or the temporary folder of a dry run.
 *
 * @param workspace The workspace.
 * @returns The root's folder.
 */
export function writeRoot(workspace: Workspace): string {
  if (workspace.dry === "no") return workspace.cache;
  const { session } = workspace;
  if (session.overlay === undefined) {
    const folder = temporaryFolder();
    session.overlay = folder;
    globalThis.addEventListener("unload", () => removeIfThere(folder));
  }
  return session.overlay;
}

function temporaryFolder(): string {
  try {
    return Deno.makeTempDirSync({ prefix: "cairn_dry_" });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Deno.errors.NotCapable(
      "Cannot run dry without a temporary folder for what is computed: allow writing to it as well, as in " +
        "--allow-write=data,/tmp",
      { cause: error },
    );
  }
}

/**
 * The staging folder of this process, made at first use.
 *
 * @param workspace The workspace.
 * @returns The folder.
 */
export function stagingOf(workspace: Workspace): string {
  return openedStaging(workspace).dir;
}

function openedStaging(workspace: Workspace): Staging {
  return workspace.session.staging ??= openStaging(stagingFolder(writeRoot(workspace)));
}

/**
 * Removes what this process still has in staging. The workspace can be used again.
 *
 * @param workspace The workspace.
 */
export function closeStaging(workspace: Workspace): void {
  workspace.session.staging?.close();
  workspace.session.staging = undefined;
}

/**
 * Takes the lock of a recipe, unless somebody holds it.
 *
 * @param workspace The workspace; no dry one, in which nothing is locked.
 * @param recipeKey The recipe key.
 * @returns The lock, or that somebody else has it, or that the file system knows no locks.
 * @throws What the file system throws where there can be no staging folder, or no lock.
 */
export function tryRecipeLock(workspace: Workspace, recipeKey: string): ReturnType<Staging["tryLock"]> {
  return openedStaging(workspace).tryLock(lockPath(workspace, recipeKey));
}

/**
 * The file that is locked while the artifacts of a recipe are made.
 *
 * @param workspace The workspace.
 * @param recipeKey The recipe key.
 * @returns The file's path; it is there only while somebody holds the lock.
 */
export function lockPath(workspace: Pick<Workspace, "cache">, recipeKey: string): string {
  return join(locksFolder(workspace.cache), recipeKey.slice(0, 32));
}

/**
 * Where the locks of recipe keys lie.
 *
 * @param cache The cache's folder.
 * @returns `<cache>/.cairn/locks`.
 */
export function locksFolder(cache: string): string {
  return join(ownFolder(cache), "locks");
}
