/**
 * Which code a package stands for: its version in deno.lock, and those of all that it depends on.
 *
 * @module
 */
import { byCodeUnit } from "../../params/canonical.ts";
import { textDigest } from "./normal_text.ts";

/** A package, resolved. */
export interface Package {
  /** `npm:valibot`. */
  readonly name: string;
  /** `1.5.0`, or what was asked for where no lock file says. */
  readonly version: string;
  /** The same for the same code: over its version, its content and what it depends on. */
  readonly id: string;
  /** What is imported of it. */
  readonly path: string;
}

/** deno.lock, as far as it is used. */
interface Lock {
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<Record<string, LockEntry>>;
  readonly jsr?: Readonly<Record<string, LockEntry>>;
  readonly remote?: Readonly<Record<string, string>>;
  readonly redirects?: Readonly<Record<string, string>>;
  readonly workspace?: { readonly links?: Readonly<Record<string, unknown>> };
  readonly packages?: Lock;
}

interface LockEntry {
  readonly integrity?: string;
  readonly dependencies?: readonly string[] | Readonly<Record<string, string>>;
  readonly optionalDependencies?: readonly string[];
}

const SPECIFIER = /^(npm|jsr):\/?((?:@[^/]+\/)?[^@/]+)(?:@([^/]+))?(\/.*)?$/;

/**
 * Resolves a package.
 *
 * @param specifier In full: `npm:valibot@^1.0.0/path`, or a URL.
 * @param file What deno.lock holds; undefined where there is none.
 * @returns The package.
 */
export function packageOf(specifier: string, file: Readonly<Record<string, unknown>> | undefined): Package {
  const lock: Lock = file ?? {};
  const [, kind, name, wanted = "", path = ""] = SPECIFIER.exec(specifier) ?? [];
  if (kind === undefined || name === undefined) return remoteModule(specifier, lock);
  const base = `${kind}:${name}`;
  const versions = versionsOf(base, wanted, lock);
  const version = versions.length === 0 ? wanted || "*" : versions.join(" or ");
  const keys = new Set<string>();
  for (const each of versions) collect(kind, `${name}@${each}`, lock, keys);
  const parts = [...keys].sort(byCodeUnit).map((key) => `${key} ${integrityOf(key, lock)}`);
  // Peers are part of how the lock file calls a version, and no part of the version.
  return {
    name: base,
    version: version.replace(/_.*$/, ""),
    id: textDigest([base, version, ...parts].join("\n")),
    path,
  };
}

function remoteModule(url: string, lock: Lock): Package {
  const final = lock.redirects?.[url] ?? url;
  const origin = /^https?:\/\/[^/]+\//.exec(final)?.[0];
  // The lock file does not say what a module imports, but it will be from the same place.
  const hashes = Object.entries(lock.remote ?? {})
    .filter(([each]) => origin !== undefined && each.startsWith(origin)).map((entry) => entry.join(" "));
  const id = textDigest([final, ...hashes.sort(byCodeUnit)].join("\n"));
  return { name: url, version: lock.remote?.[final]?.slice(0, 16) ?? "", id, path: "" };
}

/** The versions that a package may be resolved to: one, if the lock file is of this project. */
function versionsOf(base: string, wanted: string, lock: Lock): readonly string[] {
  const specifiers = lock.specifiers ?? lock.packages?.specifiers ?? {};
  const all = Object.entries(specifiers).filter(([each]) => each.startsWith(`${base}@`) || each === base)
    .map(([each, version]) => [each.slice(base.length + 1), bareVersion(version)] as const);
  const same = all.find(([each]) => each === wanted) ??
    all.find(([each]) => simpler(each) === simpler(wanted));
  if (same !== undefined) return [same[1]];
  if (all.length > 0) return [...new Set(all.map(([, version]) => version))].sort(byCodeUnit);
  return Object.keys(lock.workspace?.links ?? {}).filter((each) => each.startsWith(`${base}@`))
    .map((each) => each.slice(base.length + 1));
}

/** Older lock files repeat the name. */
function bareVersion(version: string): string {
  return SPECIFIER.exec(version)?.[3] ?? version;
}

/** `^1.0.0` and `1` are the same, and Deno writes the shorter. */
function simpler(wanted: string): string {
  if (wanted === "" || wanted === "*") return "*";
  return wanted.replace(/^([\^~]?)v?(.*)$/, (_, sign: string, rest: string) => {
    const short = rest.replace(/(\.0)+$/, "");
    return sign === "^" || sign === "~" && short.split(".").length > 1 ? short : sign + short;
  });
}

/** A package and all that it depends on, as the lock file calls them. */
function collect(kind: string, key: string, lock: Lock, found: Set<string>): void {
  const full = `${kind}:${key}`;
  if (found.has(full)) return;
  found.add(full);
  const entry = entryOf(full, lock);
  const listed = entry?.dependencies ?? [];
  const names = Array.isArray(listed)
    ? listed as readonly string[]
    : Object.values(listed as Readonly<Record<string, string>>);
  for (const name of [...names, ...entry?.optionalDependencies ?? []]) {
    const [, of, dependency, wanted = ""] = SPECIFIER.exec(name) ?? [];
    if (of !== undefined && dependency !== undefined) {
      for (const version of versionsOf(`${of}:${dependency}`, wanted, lock)) {
        collect(of, `${dependency}@${version}`, lock, found);
      }
    } else for (const each of namedNpm(name, lock)) collect("npm", each, lock, found);
  }
}

/** `pure-rand` where there is one version of it, else `pure-rand@8.4.2`. */
function namedNpm(name: string, lock: Lock): readonly string[] {
  const all = lock.npm ?? lock.packages?.npm ?? {};
  const plain = name.replace(/^.+@npm:/, "");
  return plain in all ? [plain] : Object.keys(all).filter((key) => key.startsWith(`${plain}@`));
}

function entryOf(key: string, lock: Lock): LockEntry | undefined {
  const entries = key.startsWith("npm:") ? lock.npm ?? lock.packages?.npm : lock.jsr ?? lock.packages?.jsr;
  return entries?.[key.slice(4)];
}

function integrityOf(key: string, lock: Lock): string {
  return entryOf(key, lock)?.integrity ?? "";
}
