/**
 * What workers may do: no more than this process, and as much of it as can be found out.
 *
 * A process can't list what it may do, only ask whether it may do one thing. What it may do wholly is handed on as a
 * whole; of what it may do in part, what stages are known to need is asked for, one by one.
 *
 * @module
 */
import { dirname, fromFileUrl, resolve } from "@std/path";
import { quote } from "../../params/names.ts";

/** What some stages need that can be asked for. */
export interface Needs {
  /** Paths that they read. */
  readonly reads: readonly string[];
  /** Paths that they write. */
  readonly writes: readonly string[];
  /** Environment variables that they read. */
  readonly env: readonly string[];
}

type Kind = "read" | "write" | "net" | "env" | "run" | "sys" | "ffi" | "import";
const KINDS: readonly Kind[] = ["read", "write", "net", "env", "run", "sys", "ffi", "import"];

// deno-fmt-ignore -- a list to read
const SYSTEM = [
  "hostname", "osRelease", "osUptime", "loadavg", "networkInterfaces", "systemMemoryInfo", "uid", "gid", "cpus",
  "homedir", "username", "statfs", "getPriority", "setPriority", "userInfo",
];

/** Where Deno imports from without being asked. */
// deno-fmt-ignore -- a list to read
const IMPORTED = [
  "deno.land:443", "jsr.io:443", "esm.sh:443", "raw.esm.sh:443", "cdn.jsdelivr.net:443",
  "raw.githubusercontent.com:443", "gist.githubusercontent.com:443",
];

/**
 * Whether this process may run Deno.
 *
 * @throws {Deno.errors.NotCapable} If it may not, naming the flag; or if there is no Deno to run.
 */
export function requireDeno(): void {
  const deno = Deno.execPath();
  if (Deno.build.standalone) {
    throw new Deno.errors.NotCapable(
      "Cannot run in parallel in a compiled program: workers are processes of Deno, and there is none in it",
    );
  }
  if (mayDo("run", deno)) return;
  throw new Deno.errors.NotCapable(
    `Cannot run in parallel without leave to start workers, which are processes of Deno: allow it with ${
      shellWord(`--allow-run=${deno}`)
    }`,
  );
}

/**
 * The permission flags of a worker.
 *
 * @param needs What is asked for besides the working folder and the folder of temporary files.
 * @param modules URLs of modules that it imports.
 * @returns The flags.
 */
export function permissionFlags(needs: Needs, modules: readonly string[]): string[] {
  return KINDS.flatMap((kind) => {
    if (mayDo(kind)) return [`--allow-${kind}`];
    const parts = [...new Set(partsOf(kind, needs, modules))].filter((part) => !part.includes(",")); // it has no escape
    return parts.length === 0 ? [] : [`--allow-${kind}=${parts.join(",")}`];
  });
}

function partsOf(kind: Kind, needs: Needs, modules: readonly string[]): readonly string[] {
  const local = modules.filter((url) => url.startsWith("file:")).map((url) => dirname(fromFileUrl(url)));
  switch (kind) {
    case "read":
      return foldersOf("read", [".", ...temporary(), ...local, ...needs.reads, ...needs.writes]);
    case "write":
      return foldersOf("write", [".", ...temporary(), ...needs.writes]);
    case "env":
      return needs.env.filter((name) => mayDo("env", name));
    case "run":
      return [Deno.execPath()].filter((command) => mayDo("run", command));
    case "sys":
      return SYSTEM.filter((name) => mayDo("sys", name));
    case "import": {
      const hosts = modules.filter((url) => /^https?:/.test(url)).map(hostOf);
      const others = hosts.filter((host) => !IMPORTED.includes(host) && mayDo("import", host));
      return others.length === 0 ? [] : [...IMPORTED.filter((host) => mayDo("import", host)), ...others];
    }
    default:
      return []; // of these, nobody knows what to ask for
  }
}

/** For each path that is allowed the widest folder around it that is, which is mostly what was allowed. */
function foldersOf(kind: "read" | "write", paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const path of paths) {
    let widest = resolve(path);
    if (!mayDo(kind, widest)) continue;
    for (let above = dirname(widest); above !== widest && mayDo(kind, above); above = dirname(above)) {
      widest = above;
    }
    found.add(widest);
  }
  return [...found];
}

/** Where stages make temporary files. */
function temporary(): readonly string[] {
  const named = ["TMPDIR", "TMP", "TEMP"].filter((name) => mayDo("env", name))
    .flatMap((name) => Deno.env.get(name) ?? []);
  return [...named, "/tmp"];
}

function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

const SUBJECT = {
  read: "path",
  write: "path",
  ffi: "path",
  net: "host",
  import: "host",
  env: "variable",
  run: "command",
  sys: "kind",
} as const;

/** Whether this process may do something; without a subject, all of the kind. */
function mayDo(kind: Kind, subject?: string, orInPart = false): boolean {
  const descriptor = { name: kind, ...(subject === undefined ? {} : { [SUBJECT[kind]]: subject }) };
  try {
    const { state, partial } = Deno.permissions.querySync(descriptor as Deno.PermissionDescriptor);
    return state === "granted" && (orInPart || !partial);
  } catch (error) {
    if (error instanceof TypeError) return false; // a subject that this version of Deno has no word for
    throw error;
  }
}

/**
 * Refuses flags that would let workers do what this process may not.
 *
 * @param flags Flags of `deno run`.
 * @throws {TypeError} If one is no flag, or may grant what can't be told.
 * @throws {Deno.errors.NotCapable} If one allows more than this process may do.
 */
export function checkFlags(flags: readonly string[]): void {
  for (const flag of flags) {
    const cannot = `Cannot give workers the flag ${quote(flag)}`;
    if (typeof flag !== "string" || !/^--[a-z]/.test(flag)) {
      throw new TypeError(`${cannot}: write it out, with its value after "=", as in --allow-net=example.org`);
    }
    if (/^--permission-set\b/.test(flag)) {
      throw new TypeError(`${cannot}: name what they may do, as in --allow-net=example.org`);
    }
    const [, name, list] = /^--allow-([a-z-]+)(?:=(.*))?$/.exec(flag) ?? [];
    if (name === undefined || name === "scripts") continue;
    const kinds = name === "all" ? KINDS : KINDS.filter((kind) => kind === name);
    if (kinds.length === 0) throw new TypeError(`${cannot}: there is no such permission`);
    for (const kind of kinds) {
      const denied = flags.some((other) => other.startsWith(`--deny-${kind}=`));
      const subjects = list === undefined || list === "" ? [undefined] : list.split(",");
      const refused = subjects.find((subject) => !mayDo(kind, subject, denied));
      if (refused === undefined && subjects.every((subject) => mayDo(kind, subject, denied))) continue;
      throw new Deno.errors.NotCapable(
        `${cannot}: this process may not do that itself; allow it here as well, with ${
          shellWord(`--allow-${kind}${refused === undefined ? "" : `=${refused}`}`)
        }`,
      );
    }
  }
}

/** What Deno says when it refuses something, and what it asks. */
const REFUSED = /^Requires (\w+) access(?: to "([^"]*)")?/;

/**
 * What to do where a worker was refused what this process may do.
 *
 * @param message The message of the error.
 * @returns The flag that would have allowed it; undefined where this process may not do it either.
 */
export function missingFlag(message: string): string | undefined {
  const [, name, subject] = REFUSED.exec(message) ?? [];
  const kind = KINDS.find((each) => each === name);
  if (kind === undefined || !mayDo(kind, subject)) return undefined;
  return shellWord(`--allow-${kind}${subject === undefined ? "" : `=${subject}`}`);
}

function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
