/**
 * The code of a stage: all that its `run` reaches, and what its own cachers save with.
 *
 * @module
 */
import type { Digest } from "../../params/canonical.ts";
import { quote } from "../../params/names.ts";
import type { CacherPart, InnerPiece } from "./analysis_type.ts";
import { findFunctions, type StagePlace, type StageSight } from "./find_stage.ts";
import type { ModuleGraph } from "./module_graph.ts";
import type { Mutations } from "./mutations.ts";
import { emptyReach, type Reach, reachCacher, reachEverything, reachPiece } from "./reach.ts";
import { reachDigest, reachedDeclarations } from "./reach_digest.ts";
import { reachEffects } from "./reach_effects.ts";
import type { StageCode } from "./stage_code_type.ts";
import { textDigest } from "./normal_text.ts";

/** What a running stage shows of itself, and what it declares. */
export interface StageFacts extends StageSight {
  /** How many stages before it could not be told from it. */
  readonly nth: number;
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
  if (places.length === 0) {
    reach.warnings.add(
      `Cannot find where ${stage.kind} ${
        quote(stage.name)
      } is defined, so every module of the experiment counts as its ` +
        "code; give it its name and its run right in the call that defines it, or a version",
    );
  }
  const roots = places.length === 0
    ? [reachEverything(reach), outputsByText(reach, stage)]
    : places.map((place) => [runOf(reach, place, stage), outputsOf(reach, place, stage)]);
  const order = reachEffects(reach);
  return {
    digest: reachDigest(reach, ["code", roots, order, ...stage.nth === 0 ? [] : [stage.nth]]),
    declarations: reachedDeclarations(reach),
    packages: Object.fromEntries([...reach.packages].sort(([a], [b]) => a < b ? -1 : 1)),
    warnings: [...reach.warnings, ...outsideWarnings(reach, stage)],
  };
}

function runOf(reach: Reach, place: StagePlace, stage: StageFacts): unknown {
  const [run] = place.pieces;
  if (run !== undefined) note(reach, place.url, `run of ${stage.name}`, run.digest);
  return place.pieces.map((piece) => inner(reach, place, piece, stage));
}

/** What a piece captures is known by value where the stage says so; else it may be made by any module. */
function inner(reach: Reach, { url, given }: Capturing, piece: InnerPiece, stage: StageFacts): unknown {
  const unknown = unknownCaptures(piece, given, stage);
  if (unknown.length > 0) {
    reach.warnings.add(
      `${stage.kind} ${quote(stage.name)} captures ${
        unknown.map(quote).join(", ")
      } of the function around it, so every ` +
        `module of the experiment counts as its code; give it captures: { ${
          unknown.join(", ")
        } }, or a version`,
    );
    return [reachPiece(reach, url, piece), reachEverything(reach)];
  }
  return [piece, ...piece.locals].map((each) => reachPiece(reach, url, each));
}

/** Where code captures something, and what is given for it. */
type Capturing = Pick<StagePlace, "url" | "given">;

/** With no `captures`, nothing that is captured is known; with them, what they name is. */
function unknownCaptures(
  piece: InnerPiece,
  given: readonly string[],
  { captures }: StageFacts,
): readonly string[] {
  if (!piece.captures) return [];
  if (captures === undefined) return piece.opaque.length > 0 ? piece.opaque : ["(what it captures)"];
  return piece.opaque.filter((name) => !given.includes(name) && !Object.hasOwn(captures, name));
}

function outputsOf(reach: Reach, place: StagePlace, stage: StageFacts): unknown {
  const { url, outputs } = place;
  if (outputs === null) return outputsByText(reach, stage);
  const unknown = capturingPieces(outputs, reach, url).find((piece) =>
    unknownCaptures(piece, place.given, stage).length > 0
  );
  if (unknown !== undefined) return inner(reach, place, unknown, stage);
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

/** The pieces of cachers that count. */
function capturingPieces(part: CacherPart, reach: Reach, url: string): readonly InnerPiece[] {
  switch (part.kind) {
    case "reference":
      return [];
    case "record":
      return part.entries.flatMap((entry) => capturingPieces(entry.part, reach, url));
    case "piece":
      return [part.piece];
    case "call": {
      const isCairn = reach.graph.targetsOf(url, part.callee).some(({ kind }) => kind === "cairn");
      const [first] = part.args;
      if (!isCairn) return [part.piece];
      return first === undefined ? [] : capturingPieces(first, reach, url);
    }
  }
}

/** Where the source does not show the outputs, their cachers' own text does. */
function outputsByText(reach: Reach, stage: StageFacts): unknown {
  return Object.entries(stage.saves).map(([name, text]) => {
    const found = text === undefined ? [] : findFunctions(reach.graph, text);
    if (found.length === 0) return [name, reachEverything(reach)];
    return [
      name,
      found.map(({ url, piece }) => {
        note(reach, url, `output ${name}`, piece.digest);
        return inner(reach, { url, given: [] }, piece, stage);
      }),
    ];
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
    ...new Set(
      found.map(({ url, name, read }) =>
        `${stage.kind} ${quote(stage.name)} reads the constant ${quote(name)} of ${
          quote(reach.pathOf(url))
        }, which comes from ` +
        `${read.what} when the module is loaded, and no key knows its value; ${
          adviceFor(read.kind, name, read.name)
        }`
      ),
    ),
  ];
}

function adviceFor(kind: "env" | "files" | "other", constant: string, variable: string | undefined): string {
  const instead = `or captures: { ${constant} }, or pass it as a parameter`;
  if (kind === "env") {
    return `give the stage env: [${variable === undefined ? "..." : quote(variable)}], ${instead}`;
  }
  return kind === "files"
    ? `give the stage files: [...], ${instead}`
    : `give the stage captures: { ${constant} }, or pass it as a parameter`;
}
