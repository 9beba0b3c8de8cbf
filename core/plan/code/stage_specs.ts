/**
 * The stages that a module defines, as far as its text shows them, and all functions that may be the `run` of one.
 *
 * @module
 */
import type { CacherPart, FunctionPiece, StageSpec } from "./analysis_type.ts";
import { cacherPart } from "./cacher_parts.ts";
import { normalText, textDigest } from "./normal_text.ts";
import { innerPieceOf, type ModuleContext, usesThis } from "./pieces.ts";
import { child, children, isFunction, keyOf, literalText, type Node, textOf, walk } from "./syntax.ts";

/**
 * The digest of a function's text: the same for the text that the running program shows of it.
 *
 * @param node The function, in normal form.
 * @returns The digest, in which all names stand for themselves.
 */
export function functionDigest(node: Node): string {
  return textDigest(normalText(node, () => undefined));
}

/**
 * Finds the objects with a `run`, and all functions.
 *
 * @param program The module, in normal form.
 * @param context The module.
 * @returns Both.
 */
export function stageSpecs(
  program: Node,
  context: ModuleContext,
): { readonly specs: readonly StageSpec[]; readonly functions: readonly FunctionPiece[] } {
  const calls = new Map<Node, Node>();
  const objects: Node[] = [];
  const found = new Map<Node, { readonly isMethod: boolean }>();
  walk(program, (node) => {
    if (node.type === "CallExpression") {
      for (const arg of children(node, "arguments")) calls.set(arg, node);
    } else if (node.type === "ObjectExpression" && propertyOf(node, "run") !== undefined) {
      objects.push(node);
    } else if (node.type === "MethodDefinition") found.set(child(node, "value")!, { isMethod: true });
    if (isFunction(node) && !found.has(node)) found.set(node, { isMethod: false });
  });
  const runs = objects.map((object) => child(propertyOf(object, "run")!, "value")!);
  const functions = [...found].map(([node, { isMethod }]) => {
    const spec = runs.indexOf(node);
    const piece = innerPieceOf(node, context);
    const isThis = isMethod && usesThis(child(node, "body")!);
    const opaque = isThis ? [...piece.opaque, "this"] : piece.opaque;
    return {
      ...piece,
      captures: piece.captures || isThis,
      opaque,
      text: functionDigest(node),
      spec: spec < 0 ? null : spec,
    };
  });
  return {
    specs: objects.map((object, i) => specOf(object, runs[i]!, calls.get(object), context)),
    functions,
  };
}

function specOf(object: Node, run: Node, call: Node | undefined, context: ModuleContext): StageSpec {
  const name = propertyOf(object, "name");
  const callee = call === undefined ? undefined : child(call, "callee");
  return {
    name: literalText(name === undefined ? undefined : child(name, "value")) ?? null,
    callee: (callee === undefined ? undefined : context.references.of(callee)) ?? null,
    run: innerPieceOf(run, context),
    text: isFunction(run) ? functionDigest(run) : null,
    outputs: outputsOf(object, context),
    given: namesIn(propertyOf(object, "captures")),
    call: call === undefined ? null : innerPieceOf(call, context),
  };
}

/** All names that an expression mentions. */
function namesIn(node: Node | undefined): readonly string[] {
  const names = new Set<string>();
  if (node === undefined) return [];
  walk(node, (each) => {
    if (each.type === "Identifier") names.add(textOf(each, "name"));
    if (each.type === "ThisExpression") names.add("this");
  });
  return [...names];
}

/** What is spread in after `outputs` may have others. */
function outputsOf(object: Node, context: ModuleContext): CacherPart | null {
  const properties = children(object, "properties");
  const place = properties.findLastIndex((each) => each.type === "Property" && keyOf(each) === "outputs");
  const spread = properties.filter((each, i) => each.type === "SpreadElement" && i > place);
  const given = properties[place];
  if (given !== undefined && spread.length === 0) return cacherPart(child(given, "value")!, context);
  if (given === undefined && spread.length === 0) return null;
  const entries = [
    ...given === undefined ? [] : [child(given, "value")!],
    ...spread.map((each) => child(each, "argument")!),
  ];
  return {
    kind: "record",
    entries: entries.map((each) => ({ name: null, part: cacherPart(each, context) })),
  };
}

function propertyOf(object: Node, name: string): Node | undefined {
  return children(object, "properties").findLast((each) => each.type === "Property" && keyOf(each) === name);
}
