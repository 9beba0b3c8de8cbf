/**
 * The parser and the scope analyser, loaded when a module must be read that was never read before.
 *
 * @module
 */
import type { analyze } from "eslint-scope";
import type { ParserOptions } from "@babel/parser";
import { isNode, type Node } from "./syntax.ts";

/** What reads source text. */
export interface Parser {
  /** Parses a module; its name says in which language it is. Throws what the parser throws. */
  module(text: string, name: string): Node;
  /** Parses the text that a function shows of itself; undefined where that is no source. */
  function(text: string): Node | undefined;
  /** `analyze` of eslint-scope. */
  readonly scopes: typeof analyze;
}

let loaded: Promise<Parser> | undefined;

/**
 * Loads the parser.
 *
 * @returns The parser; the same one each time.
 */
export function loadParser(): Promise<Parser> {
  return loaded ??= load();
}

type Plugin = NonNullable<ParserOptions["plugins"]>[number];

const PLUGINS: readonly Plugin[] = [
  "estree",
  "decorators",
  "decoratorAutoAccessors",
  "sourcePhaseImports",
  "deferredImportEvaluation",
];

async function load(): Promise<Parser> {
  const [{ parse }, { analyze }] = await Promise.all([import("@babel/parser"), import("eslint-scope")]);
  const program = (text: string, plugins: readonly Plugin[]): Node => {
    const options: ParserOptions = {
      sourceType: "module",
      errorRecovery: true, // Deno has accepted it
      allowUndeclaredExports: true, // exported types are gone when it is parsed
      allowReturnOutsideFunction: true,
      plugins: [...PLUGINS, ...plugins],
    };
    const file: unknown = lenient(text, (each) => parse(each, options));
    if (isNode(file) && isNode(file.program)) return file.program;
    throw new TypeError("Cannot use what the parser returned: it is no program");
  };
  return {
    scopes: analyze,
    module: (text, name) => program(text, pluginsFor(name)),
    function: (text) => {
      for (const [before, after] of [["(", ")"], ["({", "})"]]) {
        try {
          return functionIn(program(`${before}${text}${after}`, ["jsx"]));
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error; // the text of a method is no expression
        }
      }
      return undefined;
    },
  };
}

/** Deno lets `(a, b,)` pass, with a comma before the bracket: it is left out there, and all else stays in its place. */
function lenient<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    const place = error instanceof SyntaxError && "pos" in error ? Number(error.pos) : -1;
    const comma = /,\s*$/.exec(text.slice(0, Math.max(place, 0)));
    if (comma === null || text[place] !== ")") throw error;
    return lenient(`${text.slice(0, comma.index)} ${text.slice(comma.index + 1)}`, parse);
  }
}

function pluginsFor(name: string): readonly Plugin[] {
  if (/\.[cm]?ts$/.test(name)) return ["typescript"];
  return /\.tsx$/.test(name) ? ["typescript", "jsx"] : ["jsx"];
}

/** The function in `(function)` or `({ method })`. */
function functionIn(program: Node): Node | undefined {
  const [statement] = program.body as Node[];
  const expression = statement?.expression;
  if (!isNode(expression)) return undefined;
  if (expression.type !== "ObjectExpression") return expression;
  const [property] = expression.properties as Node[];
  return property?.type === "Property" && isNode(property.value) ? property.value : undefined;
}
