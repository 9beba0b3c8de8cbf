/**
 * What is known of one module from its text alone: plain JSON, so that it can be kept.
 *
 * @module
 */
import type { Digest } from "../../params/canonical.ts";

/** The specifier that stands for the package that makes elements, as deno.json names it. */
export const JSX_RUNTIME = "jsx:runtime";

/** The type of a request for a module that runs in a worker. */
export const WORKER = "worker";

/** What a module asks for: another module, by the specifier that it wrote. */
export interface Request {
  readonly specifier: string;
  /** The `type` of its import attributes, {@linkcode WORKER} for a module that is run in one, empty for any other. */
  readonly type: string;
}

/** What a piece of code refers to, beyond itself. */
export type Reference =
  /** A declaration at the top level of its module. */
  | { readonly kind: "own"; readonly name: string }
  /** What another module exports (`*` for all of it), and the names that were read from that at once. */
  | {
    readonly kind: "import";
    readonly from: number;
    readonly name: string;
    readonly path: readonly string[];
  }
  /** A module imported while running; null where any of its exports may be used. */
  | { readonly kind: "dynamic"; readonly from: number; readonly names: readonly string[] | null }
  /** A module that is run as a whole, in a worker. */
  | { readonly kind: "worker"; readonly from: number }
  /** Any module of a folder. */
  | { readonly kind: "folder"; readonly prefix: string }
  /** Any module. */
  | { readonly kind: "computed" }
  /** Where the module lies. */
  | { readonly kind: "meta" }
  /** All of its module. */
  | { readonly kind: "module" };

/** A piece of code: its digest, in which a reference stands as its place in the list. */
export interface Piece {
  readonly digest: Digest;
  readonly refs: readonly Reference[];
}

/** A piece that may hold variables of a function or block around it. */
export interface InnerPiece extends Piece {
  readonly captures: boolean;
  /** The declarations of what it captures, and of what those capture. */
  readonly locals: readonly Piece[];
  /** The names among that whose value no declaration shows: parameters, what a loop counts, what is assigned later. */
  readonly opaque: readonly string[];
}

/**
 * Where a value may come from: a place, and how far from it. Places are `r3` (the reference of that number), `p0` (a
 * parameter), `a` (any argument), `t` (this), `c2` (what the call of that number returns), `gMath` (a global), `l` (a function written in the same place).
 * Distances: -1, a new value that holds it; 0, itself; 1, something inside it.
 */
export type Origin = readonly [place: string, distance: -1 | 0 | 1];

/** What code does to values when it runs. */
export interface Effects {
  /** What is changed. */
  readonly writes: readonly Origin[];
  /** The calls that are made, by number. */
  readonly calls: readonly number[];
}

/** One call in the code. */
export interface CallSite {
  readonly callee: readonly Origin[];
  /** Where it is the call of a method: its name (`push.call` by way of `call`), empty where it is computed; the object. */
  readonly method?: string;
  readonly base?: readonly Origin[];
  readonly args: readonly (readonly Origin[])[];
  /** Whether its value is used. */
  readonly used: boolean;
  readonly isNew: boolean;
  /** What functions do that are written in its arguments. */
  readonly inside?: Effects;
}

/** What a declaration does when its module is loaded, and when the functions in it are called. */
export interface UnitEffects {
  /** What `r` places stand for. */
  readonly refs: readonly Reference[];
  readonly calls: readonly CallSite[];
  readonly eager: Effects;
  readonly called: Effects;
  /** What its functions may return. */
  readonly returns: readonly Origin[];
  /** Where the value of the declaration comes from. */
  readonly value: readonly Origin[];
  /** The references to classes that its classes extend; -1 for one that is none of the top level. */
  readonly extends: readonly number[];
  /** Whether that is a text, a number or the like, which nothing can change; or a function. */
  readonly sort: "primitive" | "function" | "other";
  /** Whether what it declares is a function, a class or an object whose methods are all known. */
  readonly isKnown: boolean;
}

/** What the initialiser of a constant reads from outside. */
export interface OutsideRead {
  /** As it is written: `Deno.env.get("MODEL")`. */
  readonly what: string;
  readonly kind: "env" | "files" | "other";
  /** The name of the environment variable, where it is known. */
  readonly name?: string;
}

/** One declaration or statement at the top level of a module. */
export interface Unit extends Piece {
  /** What it declares. */
  readonly names: readonly string[];
  readonly effects: UnitEffects;
  readonly outside: readonly OutsideRead[];
  /** As part of a cacher, where that differs: without `load` and `check`. */
  readonly asCacher?: Piece;
  /** Its value as a cacher, or a record of cachers. */
  readonly cacher?: CacherPart;
}

/** An expression whose value is a cacher, or a record of them. */
export type CacherPart =
  | { readonly kind: "reference"; readonly ref: Reference }
  | {
    readonly kind: "call";
    readonly callee: Reference;
    readonly args: readonly CacherPart[];
    readonly piece: InnerPiece;
  }
  | { readonly kind: "record"; readonly entries: readonly CacherEntry[] }
  | { readonly kind: "piece"; readonly piece: InnerPiece };

/** One property of a record; the name is null for what is spread into it. */
export interface CacherEntry {
  readonly name: string | null;
  readonly part: CacherPart;
}

/** An object that may define a stage: it has a `run`. */
export interface StageSpec {
  readonly name: string | null;
  /** What is called with it. */
  readonly callee: Reference | null;
  readonly run: InnerPiece;
  /** The digest of the text of `run`, where it is written right there. */
  readonly text: Digest | null;
  /** Null where they are not to be found. */
  readonly outputs: CacherPart | null;
  /** The names in what is given as `captures`. */
  readonly given: readonly string[];
  /** The whole call. */
  readonly call: InnerPiece | null;
}

/** Any function in the module, by the digest of its text. */
export interface FunctionPiece extends InnerPiece {
  readonly text: Digest;
  /** The spec that it is the `run` of. */
  readonly spec: number | null;
}

/** Where an export comes from. */
export type Export =
  | { readonly own: string }
  | { readonly from: number; readonly name: string };

/** All that is known of one module. */
export interface ModuleAnalysis {
  readonly requests: readonly Request[];
  /** Requests that are made for their side effects alone. */
  readonly bare: readonly number[];
  readonly exports: { readonly [name: string]: Export };
  /** Requests whose exports are all exported again. */
  readonly stars: readonly number[];
  readonly units: readonly Unit[];
  /** Names at the top level that are assigned to after their declaration. */
  readonly reassigned: readonly string[];
  readonly specs: readonly StageSpec[];
  readonly functions: readonly FunctionPiece[];
  /** Set where the parser could not read it: then nothing but this is known. */
  readonly unread?: Digest;
}
