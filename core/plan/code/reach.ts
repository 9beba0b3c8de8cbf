/**
 * All the code that a piece of code reaches, and one digest over it.
 *
 * What is reached is numbered in the order in which it is found, and refers to one another by number: so neither the
 * names of files nor the order of declarations in them count.
 *
 * @module
 */
import type { CacherPart, InnerPiece, OutsideRead, Piece, Reference, Unit } from "./analysis_type.ts";
import type { ModuleGraph, Target } from "./module_graph.ts";
import type { Mutations } from "./mutations.ts";
import { bindingKey } from "./origins.ts";

/** Whether code is followed for what it does, or for what it saves. */
type Mode = "code" | "cacher";

/** A thing that was reached, by its number. */
export interface NodeNumber {
  readonly number: number;
}

/** What was reached so far. */
export interface Reach {
  readonly graph: ModuleGraph;
  readonly mutations: Mutations;
  readonly pathOf: (url: string) => string;
  /** What is hashed of each thing that was reached, in the order in which they were found. */
  readonly nodes: unknown[];
  readonly numbers: Map<string | Piece, NodeNumber>;
  /** The keys of variables and packages, as changes name them. */
  readonly keys: Set<string>;
  readonly units: Set<Unit>;
  /** Cachers that are being followed: one may be made from itself. */
  readonly following: Set<Unit>;
  readonly whole: Set<string>;
  readonly packages: Map<string, string>;
  readonly declarations: Map<string, Map<string, string>>;
  readonly outside: { readonly url: string; readonly name: string; readonly read: OutsideRead }[];
  readonly warnings: Set<string>;
}

/** Combinators that give back the cacher that they are given, in one way or another. */
const COMBINATORS = new Set([
  ...["withSubdir", "withPrefix", "untracked", "atPath", "lazy", "gzipped", "zstd", "validated"],
]);

/**
 * Nothing reached yet.
 *
 * @param graph The modules.
 * @param mutations What their statements change.
 * @param pathOf The name of a module for people, and where its place counts: relative, never absolute.
 * @returns What is filled by the functions of this file.
 */
export function emptyReach(graph: ModuleGraph, mutations: Mutations, pathOf: (url: string) => string): Reach {
  return {
    graph,
    mutations,
    pathOf,
    nodes: [],
    numbers: new Map(),
    keys: new Set(),
    units: new Set(),
    following: new Set(),
    whole: new Set(),
    packages: new Map(),
    declarations: new Map(),
    outside: [],
    warnings: new Set(),
  };
}

/**
 * Follows a piece of code.
 *
 * @param reach What was reached so far.
 * @param url Its module.
 * @param piece The piece.
 * @param mode How it is followed.
 * @returns What is hashed of it.
 */
export function reachPiece(reach: Reach, url: string, piece: Piece, mode: Mode = "code"): unknown {
  return [piece.digest, piece.refs.map((ref) => reachReference(reach, url, ref, mode))];
}

/**
 * Follows an expression that makes cachers.
 *
 * @param reach What was reached so far.
 * @param url Its module.
 * @param part The expression.
 * @returns What is hashed of it; undefined where all of it is Cairn's own.
 */
export function reachCacher(reach: Reach, url: string, part: CacherPart): unknown {
  switch (part.kind) {
    case "piece":
      return reachInner(reach, url, part.piece);
    case "reference": {
      const found = reach.graph.targetsOf(url, part.ref).flatMap((target) => {
        const node = cacherTarget(reach, target);
        return node === undefined ? [] : [node];
      });
      return found.length === 0 ? undefined : found.length === 1 ? found[0] : found;
    }
    case "record": {
      const entries = part.entries.flatMap(({ name, part }) => {
        const found = reachCacher(reach, url, part);
        return found === undefined ? [] : [[name, found]];
      });
      return entries.length === 0 ? undefined : entries;
    }
    case "call": {
      const targets = reach.graph.targetsOf(url, part.callee);
      const [only] = targets;
      if (targets.length !== 1 || only?.kind !== "cairn") return reachInner(reach, url, part.piece);
      const [first] = part.args;
      return COMBINATORS.has(only.name) && first !== undefined ? reachCacher(reach, url, first) : undefined;
    }
  }
}

function reachInner(reach: Reach, url: string, piece: InnerPiece): unknown {
  return [piece, ...piece.locals].map((each) => reachPiece(reach, url, each, "cacher"));
}

/** What is hashed of a cacher that is declared somewhere: what it is called does not count. */
function cacherTarget(reach: Reach, target: Target): unknown {
  if (target.kind === "cairn") return undefined;
  if (target.kind !== "binding" || isReassigned(reach, target.url, target.name)) {
    return reachTarget(reach, target, "cacher");
  }
  const units = reach.graph.unitsNamed(target.url, target.name);
  const [only] = units;
  if (units.length !== 1 || only?.cacher === undefined || reach.following.has(only)) {
    return reachTarget(reach, target, "cacher");
  }
  reach.following.add(only);
  const found = reachCacher(reach, target.url, only.cacher);
  reach.following.delete(only);
  if (found !== undefined) noteUnit(reach, target.url, only, only.asCacher ?? only);
  return found;
}

function reachReference(reach: Reach, url: string, ref: Reference, mode: Mode): unknown {
  if (ref.kind === "meta") return ["in", reach.pathOf(url)];
  if (ref.kind === "computed") {
    reach.warnings.add(
      `${
        JSON.stringify(reach.pathOf(url))
      } imports a module by a computed name, so every module of the experiment ` +
        "counts as its code; import it by a literal name",
    );
  }
  return reach.graph.targetsOf(url, ref).map((target) => reachTarget(reach, target, mode));
}

/**
 * Follows what a reference leads to.
 *
 * @param reach What was reached so far.
 * @param target What it leads to.
 * @param mode How it is followed.
 * @returns Its number.
 */
export function reachTarget(reach: Reach, target: Target, mode: Mode = "code"): NodeNumber {
  const key = bindingKey(target);
  if (key !== undefined) reach.keys.add(key);
  switch (target.kind) {
    case "binding":
      return reachBinding(reach, target.url, target.name, mode);
    case "whole":
      return reachModule(reach, target.url);
    case "everything":
      return reachEverything(reach);
    case "data":
      reachData(reach, target.url, target.type);
      return numbered(
        reach,
        `data ${target.url} ${target.type}`,
        () => ["data", reach.graph.dataDigest(target.url, target.type)],
      );
    case "package": {
      const { name, version, id, path } = target.package;
      if (!name.startsWith("node:")) reach.packages.set(name, version);
      return numbered(
        reach,
        `package ${id} ${path} ${target.name}`,
        () => ["package", id, path, target.name],
      );
    }
    case "cairn":
      reach.packages.set("cairn", reach.graph.home.version);
      return numbered(reach, `cairn ${target.name}`, () => ["cairn", reach.graph.home.version, target.name]);
    case "place":
      return { number: -1 }; // known where the reference is
  }
}

function reachData(reach: Reach, url: string, type: string): void {
  declare(reach, url, "(content)", reach.graph.dataDigest(url, type));
}

/** The number of a thing, which is made where it is new: it may be reached again from what it reaches. */
function numbered(reach: Reach, key: string | Piece, make: () => unknown): NodeNumber {
  const known = reach.numbers.get(key);
  if (known !== undefined) return known;
  const node = { number: reach.nodes.push(null) - 1 };
  reach.numbers.set(key, node);
  reach.nodes[node.number] = make();
  return node;
}

function declare(reach: Reach, url: string, name: string, digest: string): void {
  const file = reach.pathOf(url);
  const names = reach.declarations.get(file) ?? new Map<string, string>();
  reach.declarations.set(file, names.set(name, digest.slice(0, 16)));
}

function reachBinding(reach: Reach, url: string, name: string, mode: Mode): NodeNumber {
  // An assignment can come from any function of its module.
  if (isReassigned(reach, url, name)) return reachModule(reach, url);
  const units = reach.graph.unitsNamed(url, name);
  const [only] = units;
  if (only !== undefined && units.length === 1) return reachUnit(reach, url, only, mode);
  return numbered(
    reach,
    `binding ${url} ${name} ${mode}`,
    () => ["all of", units.map((unit) => reachUnit(reach, url, unit, mode))],
  );
}

function isReassigned(reach: Reach, url: string, name: string): boolean {
  return reach.graph.modules.get(url)?.reassigned.includes(name) === true;
}

function reachUnit(reach: Reach, url: string, unit: Unit, mode: Mode): NodeNumber {
  const asCacher = mode === "cacher" ? unit.asCacher : undefined;
  const piece = asCacher ?? unit;
  const known = reach.numbers.get(piece);
  if (known !== undefined) return known;
  if (asCacher === undefined) reach.units.add(unit);
  noteUnit(reach, url, unit, piece);
  return numbered(reach, piece, () => reachPiece(reach, url, piece, mode));
}

function noteUnit(reach: Reach, url: string, unit: Unit, { digest }: Piece): void {
  for (const name of unit.names) {
    reach.keys.add(`b ${url} ${name}`);
    declare(reach, url, name === "*default*" ? "default" : name, digest);
    for (const read of unit.outside) reach.outside.push({ url, name, read });
  }
}

/**
 * Follows a module as a whole: all that is declared in it, and all that it does.
 *
 * @param reach What was reached so far.
 * @param url The module.
 * @returns Its number.
 */
export function reachModule(reach: Reach, url: string): NodeNumber {
  reach.whole.add(url);
  const analysis = reach.graph.modules.get(url);
  return numbered(reach, `module ${url}`, () => {
    if (analysis === undefined) return ["module"];
    const again = Object.values(analysis.exports).flatMap((each) => "own" in each ? [] : [each]);
    const rest: readonly Reference[] = [
      ...[...again, ...analysis.stars.map((from) => ({ from, name: "*" }))]
        .map(({ from, name }) => ({ kind: "import" as const, from, name, path: [] })),
      ...analysis.bare.map((from) => ({ kind: "worker" as const, from })),
    ];
    return [
      "module",
      analysis.unread ?? "",
      analysis.units.map((unit) => reachUnit(reach, url, unit, "code")),
      rest.map((ref) => reachReference(reach, url, ref, "code")),
    ];
  });
}

/**
 * Follows every local module.
 *
 * @param reach What was reached so far.
 * @returns Its number.
 */
export function reachEverything(reach: Reach): NodeNumber {
  return numbered(
    reach,
    "everything",
    () => ["everything", [...reach.graph.modules.keys()].map((url) => reachModule(reach, url))],
  );
}
