/**
 * The modules of an experiment, and what the references in them lead to.
 *
 * @module
 */
import { byCodeUnit, type Digest } from "../../params/canonical.ts";
import type { Sources } from "../../store/sources.ts";
import { type ModuleAnalysis, type Reference, type Request, type Unit, WORKER } from "./analysis_type.ts";
import { linkedFiles, lockFor, resolveSpecifier } from "./import_map.ts";
import { textDigest } from "./normal_text.ts";
import { type Package, packageOf } from "./packages.ts";

/** What a request leads to. */
export type Resolved =
  | { readonly kind: "module"; readonly url: string }
  | { readonly kind: "data"; readonly url: string; readonly type: string }
  | { readonly kind: "package"; readonly package: Package }
  | { readonly kind: "cairn" };

/** What a reference leads to. */
export type Target =
  | { readonly kind: "binding"; readonly url: string; readonly name: string; readonly isWhole: boolean }
  | { readonly kind: "whole"; readonly url: string }
  | { readonly kind: "everything" }
  | { readonly kind: "data"; readonly url: string; readonly type: string }
  | { readonly kind: "package"; readonly package: Package; readonly name: string }
  | { readonly kind: "cairn"; readonly name: string }
  | { readonly kind: "place" };

/** Cairn itself: where it lies. */
export interface Home {
  /** The URL of the folder of its mod.ts. */
  readonly root: string;
  readonly version: string;
}

/** The modules of an experiment. */
export interface ModuleGraph {
  readonly home: Home;
  /** The analysis of each local module by URL, in the order in which they are found. */
  readonly modules: ReadonlyMap<string, ModuleAnalysis>;
  /** Modules that run in workers alone: what they do to globals, only those see. */
  readonly workers: ReadonlySet<string>;
  /** The digest of an imported file that is no module. */
  dataDigest(url: string, type: string): Digest;
  resolve(url: string, request: number): Resolved;
  targetsOf(url: string, ref: Reference): readonly Target[];
  /** The declarations of a name at the top level of a module. */
  unitsNamed(url: string, name: string): readonly Unit[];
}

const SOURCE = /\.[cm]?[jt]sx?$/;

/**
 * Reads the modules of an experiment: all that its module imports, and what those import, Cairn and packages aside.
 *
 * @param entry The URL of its module.
 * @param sources Where they are read.
 * @param home Where Cairn lies.
 * @param analyse Gives the analysis of a module.
 * @returns The modules.
 */
export async function moduleGraph(
  entry: string,
  sources: Sources,
  home: Home,
  analyse: (url: string) => Promise<ModuleAnalysis | undefined>,
): Promise<ModuleGraph> {
  const modules = new Map<string, ModuleAnalysis>();
  const resolved = new Map<string, Resolved>();
  const resolve = (url: string, request: number): Resolved => {
    const key = `${url} ${request}`;
    const found = resolved.get(key) ??
      resolveRequest(modules.get(url)?.requests[request], url, sources, home);
    resolved.set(key, found);
    return found;
  };
  const pending = [entry];
  for (let url = pending.shift(); url !== undefined; url = pending.shift()) {
    if (modules.has(url)) continue;
    const analysis = await analyse(url);
    if (analysis === undefined) continue; // imported for its types alone, and not there
    modules.set(url, analysis);
    pending.push(...analysis.requests.flatMap((_, i) => {
      const found = resolve(url!, i);
      return found.kind === "module" ? [found.url] : [];
    }));
    for (const { refs } of analysis.units) {
      for (const ref of refs) {
        if (ref.kind === "folder") pending.push(...folderModules(url, ref.prefix, sources));
      }
    }
  }
  const graph: Linked = { modules, resolve, folder: (url, prefix) => folderModules(url, prefix, sources) };
  const units = new Map([...modules].map(([url, analysis]) => [url, unitsByName(analysis)]));
  const targets = new WeakMap<Reference, readonly Target[]>();
  return {
    home,
    modules,
    workers: workersIn(entry, modules, resolve),
    resolve,
    targetsOf: (url, ref) => {
      const found = targets.get(ref) ?? targetsOf(graph, url, ref);
      targets.set(ref, found); // an analysis is of one module, so its references are
      return found;
    },
    unitsNamed: (url, name) => units.get(url)?.get(name) ?? [],
    dataDigest: (url, type) => dataDigest(url, type, sources),
  };
}

function unitsByName({ units }: ModuleAnalysis): ReadonlyMap<string, readonly Unit[]> {
  const found = new Map<string, Unit[]>();
  for (const unit of units) for (const name of unit.names) found.set(name, [...found.get(name) ?? [], unit]);
  return found;
}

function workersIn(
  entry: string,
  modules: ReadonlyMap<string, ModuleAnalysis>,
  resolve: (url: string, request: number) => Resolved,
): ReadonlySet<string> {
  const loaded = new Set<string>();
  const pending = [entry];
  for (let url = pending.pop(); url !== undefined; url = pending.pop()) {
    if (loaded.has(url)) continue;
    loaded.add(url);
    modules.get(url)?.requests.forEach(({ type }, i) => {
      const found = resolve(url!, i);
      if (type !== WORKER && found.kind === "module") pending.push(found.url);
    });
  }
  return new Set([...modules.keys()].filter((url) => !loaded.has(url)));
}

interface Linked {
  readonly modules: ReadonlyMap<string, ModuleAnalysis>;
  readonly resolve: (url: string, request: number) => Resolved;
  readonly folder: (url: string, prefix: string) => readonly string[];
}

function folderModules(url: string, prefix: string, sources: Sources): readonly string[] {
  return sources.list(new URL(prefix, url).href).filter((each) =>
    SOURCE.test(each) && !each.endsWith(".d.ts")
  );
}

function resolveRequest(request: Request | undefined, from: string, sources: Sources, home: Home): Resolved {
  const { specifier = "", type = "" } = request ?? {};
  const url = resolveSpecifier(specifier, from, sources);
  if (isCairn(url, home)) return { kind: "cairn" };
  if (url.startsWith("file:")) {
    const isModule = (type === "" || type === WORKER) && SOURCE.test(url.replace(/[?#].*$/, ""));
    return isModule ? { kind: "module", url } : { kind: "data", url, type };
  }
  const lock = lockFor(from, sources) ?? lockFor(home.root, sources);
  const found = packageOf(url, lock);
  const linked = linkedFiles(url, from, sources);
  if (linked === undefined) return { kind: "package", package: found };
  const files = linked.map((each) => sources.read(each)?.digest ?? "");
  const content = textDigest(files.sort(byCodeUnit).join("\n"));
  const version = `${found.version} (linked, ${content.slice(0, 16)})`;
  return { kind: "package", package: { ...found, version, id: textDigest(`${found.id}\n${content}`) } };
}

/** Its modules, or the published package. */
function isCairn(url: string, { root }: Home): boolean {
  if (/^(jsr|npm):\/?@cairn\/cairn(@|\/|$)/.test(url)) return true;
  return url.startsWith(root) && /^(mod\.ts|cli\.ts|core\/|cachers\/)/.test(url.slice(root.length));
}

function dataDigest(url: string, type: string, sources: Sources): Digest {
  const found = sources.read(url);
  if (found === undefined) return textDigest("");
  if (type !== "json" && !(type === "" && url.endsWith(".json"))) return found.digest;
  try {
    return textDigest(JSON.stringify(JSON.parse(found.text))); // the order of keys can be seen
  } catch {
    return found.digest;
  }
}

function targetsOf(graph: Linked, url: string, ref: Reference): readonly Target[] {
  switch (ref.kind) {
    case "own":
      return [{ kind: "binding", url, name: ref.name, isWhole: true }];
    case "import":
      return orWhole(
        graph,
        url,
        ref.from,
        importTargets(graph, url, ref.from, ref.name, ref.path, new Set()),
      );
    case "dynamic":
      return (ref.names ?? ["*"]).flatMap((name) =>
        orWhole(graph, url, ref.from, importTargets(graph, url, ref.from, name, [], new Set()))
      );
    case "worker": {
      const found = graph.resolve(url, ref.from);
      return found.kind === "module"
        ? [{ kind: "whole", url: found.url }]
        : importTargets(graph, url, ref.from, "*", [], new Set());
    }
    case "folder":
      return [
        { kind: "whole", url },
        ...graph.folder(url, ref.prefix).map((each) => ({ kind: "whole" as const, url: each })),
      ];
    case "computed":
      return [{ kind: "everything" }];
    case "meta":
      return [{ kind: "place" }];
    case "module":
      return [{ kind: "whole", url }];
  }
}

/** A module that exports no such thing is none of JavaScript's own kind, and what it exports does not show. */
function orWhole(graph: Linked, url: string, request: number, targets: readonly Target[]): readonly Target[] {
  if (targets.length > 0) return targets;
  const found = graph.resolve(url, request);
  return found.kind === "module" ? [{ kind: "whole", url: found.url }] : [];
}

function importTargets(
  graph: Linked,
  url: string,
  request: number,
  name: string,
  path: readonly string[],
  seen: Set<string>,
): readonly Target[] {
  const found = graph.resolve(url, request);
  const member = name === "*" ? path[0] ?? "*" : name;
  if (found.kind === "cairn") return [{ kind: "cairn", name: member }];
  if (found.kind === "package") return [{ kind: "package", package: found.package, name: member }];
  if (found.kind === "data") return [found];
  if (member === "*") return allExports(graph, found.url, seen);
  return exportTargets(graph, found.url, member, name === "*" ? path.slice(1) : path, seen);
}

function exportTargets(
  graph: Linked,
  url: string,
  name: string,
  path: readonly string[],
  seen: Set<string>,
): readonly Target[] {
  const analysis = graph.modules.get(url);
  const key = `${url} ${name}`;
  if (analysis === undefined || seen.has(key)) return [];
  seen.add(key);
  if (analysis.unread !== undefined) return [{ kind: "whole", url }];
  const found = Object.hasOwn(analysis.exports, name) ? analysis.exports[name] : undefined;
  if (found !== undefined) {
    if ("own" in found) return [{ kind: "binding", url, name: found.own, isWhole: path.length === 0 }];
    return importTargets(graph, url, found.from, found.name, path, seen);
  }
  if (name === "default") return [];
  return analysis.stars.flatMap((request) => importTargets(graph, url, request, name, path, seen));
}

function allExports(graph: Linked, url: string, seen: Set<string>): readonly Target[] {
  const analysis = graph.modules.get(url);
  if (analysis === undefined || seen.has(`${url} *`)) return [];
  seen.add(`${url} *`);
  if (analysis.unread !== undefined) return [{ kind: "whole", url }];
  return [
    ...Object.keys(analysis.exports).sort().flatMap((name) => exportTargets(graph, url, name, [], seen)),
    ...analysis.stars.flatMap((request) => importTargets(graph, url, request, "*", [], seen)),
  ];
}
