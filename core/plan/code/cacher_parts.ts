/**
 * Expressions that make cachers, taken apart: what Cairn's own functions do to a cacher is not part of its code.
 *
 * @module
 */
import type { CacherPart } from "./analysis_type.ts";
import { innerPieceOf, loadingParts, type ModuleContext } from "./pieces.ts";
import { child, children, keyOf, type Node } from "./syntax.ts";

/**
 * Takes an expression apart.
 *
 * @param node The expression, in normal form.
 * @param context Its module.
 * @returns Its parts.
 */
export function cacherPart(node: Node, context: ModuleContext): CacherPart {
  switch (node.type) {
    case "Identifier":
    case "MemberExpression": {
      const ref = context.references.of(node);
      if (ref !== undefined) return { kind: "reference", ref };
      break;
    }
    case "CallExpression": {
      const callee = context.references.of(child(node, "callee")!);
      if (callee === undefined) break;
      const args = children(node, "arguments").map((arg) => cacherPart(arg, context));
      return { kind: "call", callee, args, piece: innerPieceOf(node, context, leftOut(node)) };
    }
    case "ObjectExpression":
      return recordPart(node, context);
  }
  return { kind: "piece", piece: innerPieceOf(node, context, leftOut(node)) };
}

/** Of a cacher, `load` and `check` are left out; whoever spreads one and gives `save` has made another. */
function recordPart(node: Node, context: ModuleContext): CacherPart {
  const loading = loadingParts(node);
  const entries = children(node, "properties").filter((each) => !loading.has(each)).map((each) => ({
    name: each.type === "Property" ? keyOf(each) ?? "[computed]" : null,
    part: each.type === "Property" && each.computed === true
      ? { kind: "piece" as const, piece: innerPieceOf(each, context, leftOut(each)) }
      : cacherPart(child(each, "value") ?? child(each, "argument")!, context),
  }));
  return { kind: "record", entries };
}

function leftOut(node: Node): (each: Node) => boolean {
  const loading = loadingParts(node);
  return (each) => loading.has(each);
}
