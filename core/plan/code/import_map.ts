/**
 * What a specifier in a module stands for: import maps, workspaces and package.json, as Deno reads them.
 *
 * @module
 */
import type { Sources } from "../../store/sources.ts";
import { JSX_RUNTIME } from "./analysis_type.ts";

/** deno.json, as far as it says what specifiers stand for. */
interface Config {
  readonly url: string;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly importMap?: string;
  readonly lock?: unknown;
  readonly workspace?: unknown;
  readonly name?: unknown;
  readonly exports?: unknown;
  readonly links?: unknown;
  readonly compilerOptions?: { readonly jsxImportSource?: unknown };
}

/**
 * The specifier in full that another stands for.
 *
 * @param specifier As it was written.
 * @param from The URL of the module that it is written in.
 * @param sources Where deno.json is read.
 * @returns A URL; the specifier itself where nothing maps it.
 */
export function resolveSpecifier(specifier: string, from: string, sources: Sources): string {
  const configs = configsFor(from, sources);
  if (specifier === JSX_RUNTIME) {
    const source = configs.map(({ compilerOptions }) => compilerOptions?.jsxImportSource)
      .find((each) => typeof each === "string");
    return source === undefined
      ? "npm:react/jsx-runtime"
      : resolveSpecifier(`${String(source)}/jsx-runtime`, from, sources);
  }
  const isPath = /^\.{0,2}\//.test(specifier);
  const full = isPath ? new URL(specifier, from).href : specifier;
  for (const config of configs) {
    const mapped = mappedBy(config, full, from) ?? memberNamed(config, full, sources);
    if (mapped !== undefined) return mapped;
  }
  if (isPath || /^[a-z][a-z0-9+.-]*:/i.test(specifier)) return full;
  return packageNamed(specifier, from, sources) ?? sources.resolve(specifier) ?? specifier;
}

/** The deno.json files above a module, the nearest first, with the import maps that they name. */
function configsFor(from: string, sources: Sources): readonly Config[] {
  return foldersAbove(from).flatMap((folder) => {
    const config = readConfig(folder, sources);
    if (config === undefined) return [];
    if (typeof config.importMap !== "string") return [config];
    const url = new URL(config.importMap, config.url).href;
    const map = sources.read(url);
    return map === undefined ? [config] : [{ ...parseJsonc(map.text), url }, config];
  });
}

function readConfig(folder: string, sources: Sources): Config | undefined {
  for (const name of ["deno.json", "deno.jsonc"]) {
    const url = folder + name;
    const found = sources.read(url);
    if (found !== undefined) return { ...parseJsonc(found.text), url };
  }
  return undefined;
}

function foldersAbove(from: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = new URL("./", from).href;; folder = new URL("../", folder).href) {
    if (folders.at(-1) === folder) return folders;
    folders.push(folder);
  }
}

/** JSON with comments and commas before a closing bracket; an empty object where it is none. */
function parseJsonc(text: string): Record<string, unknown> {
  const plain = text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, quoted) => quoted ?? "")
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, quoted) => quoted ?? "");
  try {
    const value: unknown = JSON.parse(plain);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {}; // Deno has refused it already, or does not use it
  }
}

function mappedBy(config: Config, specifier: string, from: string): string | undefined {
  const scopes = Object.entries(config.scopes ?? {})
    .map(([scope, imports]) => [new URL(scope, config.url).href, imports] as const)
    .filter(([scope]) => from === scope || (scope.endsWith("/") && from.startsWith(scope)))
    .sort(([a], [b]) => b.length - a.length).map(([, imports]) => imports);
  for (const imports of [...scopes, config.imports ?? {}]) {
    const mapped = mappedIn(imports, specifier, config.url);
    if (mapped !== undefined) return mapped;
  }
  return undefined;
}

/** The longest name wins; one of a package without a slash at its end stands for what is below it, too. */
function mappedIn(
  imports: Readonly<Record<string, unknown>>,
  specifier: string,
  base: string,
): string | undefined {
  const absolute = (text: string) => /^\.{0,2}\//.test(text) ? new URL(text, base).href : text;
  const names = Object.keys(imports).sort((a, b) => b.length - a.length);
  for (const name of names) {
    const target = imports[name];
    if (typeof target !== "string") continue;
    const key = absolute(name);
    if (specifier === key) return absolute(target);
    if (key.endsWith("/") && specifier.startsWith(key)) return absolute(target) + specifier.slice(key.length);
    if (/^(npm|jsr):/.test(target) && specifier.startsWith(`${key}/`)) {
      return target + specifier.slice(key.length);
    }
  }
  return undefined;
}

/** A package of the workspace, by its name. */
function memberNamed(config: Config, specifier: string, sources: Sources): string | undefined {
  const listed = config.workspace as { readonly members?: unknown } | readonly unknown[] | undefined;
  const members = Array.isArray(listed)
    ? listed
    : (listed as { readonly members?: unknown } | undefined)?.members;
  if (!Array.isArray(members)) return undefined;
  for (const member of members) {
    if (typeof member !== "string") continue;
    const found = readConfig(new URL(member.replace(/\/?$/, "/"), config.url).href, sources);
    if (typeof found?.name !== "string") continue;
    if (specifier !== found.name && !specifier.startsWith(`${found.name}/`)) continue;
    const path = `.${specifier.slice(found.name.length)}`;
    const exports = typeof found.exports === "string" ? { ".": found.exports } : found.exports;
    const target = (exports as Readonly<Record<string, unknown>> | undefined)?.[path];
    if (typeof target === "string") return new URL(target, found.url).href;
  }
  return undefined;
}

function packageNamed(specifier: string, from: string, sources: Sources): string | undefined {
  const [, name = "", path = ""] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(specifier) ?? [];
  for (const folder of foldersAbove(from)) {
    const found = sources.read(`${folder}package.json`);
    if (found === undefined) continue;
    const { dependencies = {}, devDependencies = {} } = parseJsonc(found.text) as Record<
      string,
      Record<string, string>
    >;
    const version = dependencies[name] ?? devDependencies[name];
    if (version !== undefined) {
      return version.startsWith("npm:") ? version + path : `npm:${name}@${version}${path}`;
    }
  }
  return undefined;
}

/**
 * The source files of a package that deno.json links: their code changes under one version.
 *
 * @param specifier In full: `jsr:@me/tools@^1.0.0/path`.
 * @param from The URL of the module that it is written in.
 * @param sources Where files are read.
 * @returns Their URLs; undefined where no deno.json above the module links the package.
 */
export function linkedFiles(
  specifier: string,
  from: string,
  sources: Sources,
): readonly string[] | undefined {
  const name = /^(?:npm|jsr):\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1];
  if (name === undefined) return undefined;
  for (const { links, url } of configsFor(from, sources)) {
    for (const link of Array.isArray(links) ? links : []) {
      if (typeof link !== "string") continue;
      const folder = new URL(link.replace(/\/?$/, "/"), url).href;
      const found = readConfig(folder, sources)?.name ?? packageName(folder, sources);
      if (found === name) return sources.list(folder).filter((each) => isSource(each.slice(folder.length)));
    }
  }
  return undefined;
}

function packageName(folder: string, sources: Sources): unknown {
  const found = sources.read(`${folder}package.json`);
  return found === undefined ? undefined : parseJsonc(found.text).name;
}

/** What is installed below a package counts by its own version, and what it keeps in hidden folders is no code. */
function isSource(path: string): boolean {
  return /\.([cm]?[jt]sx?|wasm)$/.test(path) && !/(^|\/)(node_modules\/|\.)/.test(path);
}

/**
 * The lock file that holds for a module.
 *
 * @param from The URL of the module.
 * @param sources Where files are read.
 * @returns What it holds; undefined where there is none.
 */
export function lockFor(from: string, sources: Sources): Readonly<Record<string, unknown>> | undefined {
  for (const folder of foldersAbove(from)) {
    const setting = readConfig(folder, sources)?.lock;
    if (setting === false) return undefined;
    const path = typeof setting === "string"
      ? setting
      : (setting as { readonly path?: unknown } | null | undefined)?.path;
    const found = sources.read(new URL(typeof path === "string" ? path : "deno.lock", folder).href);
    if (found !== undefined) return parseJsonc(found.text);
  }
  return undefined;
}
