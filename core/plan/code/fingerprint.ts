/**
 * The code of a stage: all that its `run` reaches, and what its own cachers save with.
 *
 * @module
 */
import { canonicalDigest, type Digest } from "../../params/canonical.ts";
import { quote } from "../../params/names.ts";
import type { CacherPart, InnerPiece } from "./analysis_type.ts";
import { findFunctions, type StagePlace, type StageSight } from "./find_stage.ts";
import type { ModuleGraph } from "./module_graph.ts";
import type { Mutations } from "./mutations.ts";
import {
  emptyReach,
  type Reach,
  reachCacher,
  reachDigest,
  reachedDeclarations,
  reachEffects,
  reachEverything,
  reachPiece,
} from "./reach.ts";
import type { StageCode } from "./stage_code_type.ts";
import { textDigest } from "./normal_text.ts";

/** What a running stage shows of itself, and what it declares. */
export interface StageFacts extends StageSight {
  /** Values that its `run` captures, by name. */
  readonly captures: Readonly<Record<string, unknown>> | undefined;
  /** Names of environment variables that enter its key. */
  readonly env: readonly string[];
  /** Whether it declares files. */
  readonly hasFiles: boolean;
  /** Where it is defined; empty where that is nowhere to be found. */
  readonly places: readonly StagePlace[];
  /** Of outputs that no place shows: where the cacher is none of Cairn's own, the digest of the text of `save`. */
  readonly saves: Readonly<Record<string, Digest | undefined>>;
}

/**
 * The code of a stage.
 *
 * @param graph The modules of the experiment.
 * @param mutations What their statements change.
 * @param stage What the stage shows of itself.
 * @param pathOf The path of a module, relative to the project.
 * @returns Its digest, and what went into it.
 */
export function fingerprint(
  graph: ModuleGraph,
  mutations: Mutations,
  stage: StageFacts,
  pathOf: (url: string) => string,
): Omit<StageCode, "by"> {
  const reach = emptyReach(graph, mutations, pathOf);
  const { places } = stage;
  const roots = places.length === 0
    ? [reachEverything(reach), outputsByText(reach, stage)]
    : places.map((place) => [runOf(reach, place, stage), outputsOf(reach, place, stage)]);
  const order = reachEffects(reach);
  const captures = stage.captures === undefined
    ? null
    : canonicalDigest(stage.captures, `captures of ${stage.kind} ${quote(stage.name)}`);
  return {
    digest: reachDigest(reach, ["code", roots, order, captures]),
    declarations: reachedDeclarations(reach),
    packages: Object.fromEntries([...reach.packages].sort(([a], [b]) => a < b ? -1 : 1)),
    warnings: [...reach.warnings, ...outsideWarnings(reach, stage)],
  };
}

function runOf(reach: Reach, place: StagePlace, stage: StageFacts): unknown {
  const [run] = place.pieces;
  if (run !== undefined) note(reach, place.url, `run of ${stage.name}`, run.digest);
  return place.pieces.map((piece) => inner(reach, place.url, piece, stage));
}

/** What a piece captures is known by value where the stage says so; else it may be made by any module. */
function inner(reach: Reach, url: string, piece: InnerPiece, stage: StageFacts): unknown {
  if (!piece.captures) return reachPiece(reach, url, piece);
  if (stage.captures === undefined) return [reachPiece(reach, url, piece), reachEverything(reach)];
  return [piece, ...piece.locals].map((each) => reachPiece(reach, url, each));
}

function outputsOf(reach: Reach, { url, outputs }: StagePlace, stage: StageFacts): unknown {
  if (outputs === null) return outputsByText(reach, stage);
  if (stage.captures === undefined && hasCaptures(outputs, reach, url)) return reachEverything(reach);
  if (outputs.kind !== "record") return output(reach, url, "*", outputs);
  return outputs.entries.map(({ name, part }) => output(reach, url, name ?? "*", part))
    .filter((each) => each !== undefined);
}

function output(reach: Reach, url: string, name: string, part: CacherPart): unknown {
  const found = reachCacher(reach, url, part);
  if (found === undefined) return undefined;
  note(reach, url, `output ${name}`, partDigest(part));
  return [name, found];
}

function partDigest(part: CacherPart): Digest {
  switch (part.kind) {
    case "reference":
      return textDigest(JSON.stringify(part.ref));
    case "record":
      return textDigest(part.entries.map(({ name, part }) => `${name} ${partDigest(part)}`).join(" "));
    default:
      return part.piece.digest;
  }
}

/** Whether a cacher that counts captures something of a function around it. */
function hasCaptures(part: CacherPart, reach: Reach, url: string): boolean {
  switch (part.kind) {
    case "reference":
      return false;
    case "record":
      return part.entries.some((entry) => hasCaptures(entry.part, reach, url));
    case "piece":
      return part.piece.captures;
    case "call": {
      const isCairn = reach.graph.targetsOf(url, part.callee).some(({ kind }) => kind === "cairn");
      const [first] = part.args;
      return isCairn ? first !== undefined && hasCaptures(first, reach, url) : part.piece.captures;
    }
  }
}

/** Where the source does not show the outputs, their cachers' own text does. */
function outputsByText(reach: Reach, stage: StageFacts): unknown {
  return Object.entries(stage.saves).map(([name, text]) => {
    const found = text === undefined ? [] : findFunctions(reach.graph, text);
    if (found.length === 0) return [name, reachEverything(reach)];
    return [name, found.map(({ url, piece }) => {
      note(reach, url, `output ${name}`, piece.digest);
      return inner(reach, url, piece, stage);
    })];
  });
}

function note({ declarations, pathOf }: Reach, url: string, name: string, digest: Digest): void {
  const file = pathOf(url);
  const names = declarations.get(file) ?? new Map<string, string>();
  declarations.set(file, names.set(name, digest.slice(0, 16)));
}

/** Constants whose value no key knows. */
function outsideWarnings(reach: Reach, stage: StageFacts): readonly string[] {
  const found = reach.outside.filter(({ name, read }) => {
    if (stage.captures !== undefined && Object.hasOwn(stage.captures, name)) return false;
    if (read.kind === "env" && read.name !== undefined) return !stage.env.includes(read.name);
    return !(read.kind === "files" && stage.hasFiles);
  });
  return [
    ...new Set(found.map(({ url, name, read }) =>
      `${stage.kind} ${quote(stage.name)} reads the constant ${quote(name)} of ${quote(reach.pathOf(url))}, which comes from ` +
      `${read.what} when the module is loaded, and no key knows its value; ${adviceFor(read.kind, name, read.name)}`
    )),
  ];
}

function adviceFor(kind: "env" | "files" | "other", constant: string, variable: string | undefined): string {
  const instead = `or captures: { ${constant} }, or pass it as a parameter`;
  if (kind === "env") return `give the stage env: [${variable === undefined ? "..." : quote(variable)}], ${instead}`;
  return kind === "files" ? `give the stage files: [...], ${instead}` : `give the stage captures: { ${constant} }, or pass it as a parameter`;
}
