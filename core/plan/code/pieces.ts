/**
 * Pieces of code: what is hashed of a node, what it refers to, and what it captures from functions around it.
 *
 * @module
 */
import type { InnerPiece, Piece, Reference } from "./analysis_type.ts";
import { normalText, textDigest } from "./normal_text.ts";
import type { References } from "./references.ts";
import type { Binding, Scopes } from "./scopes.ts";
import { allChildren, child, isClass, isFunction, keyOf, type Node, walk } from "./syntax.ts";

/** What the code of one module is read with. */
export interface ModuleContext {
  readonly scopes: Scopes;
  readonly references: References;
}

/** A list of references, each in it once. */
export interface ReferenceList {
  readonly refs: Reference[];
  /** The number of a reference, which is added where it is new. */
  add(ref: Reference): number;
}

/**
 * An empty list of references.
 *
 * @returns The list.
 */
export function referenceList(): ReferenceList {
  const refs: Reference[] = [];
  const places = new Map<string, number>();
  return {
    refs,
    add: (ref) => {
      const key = JSON.stringify(ref);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, refs.length);
      return refs.push(ref) - 1;
    },
  };
}

/**
 * A node at the top level as a piece.
 *
 * @param node The node, in normal form.
 * @param context Its module.
 * @param declared The identifiers that it declares: they stand in the text by name.
 * @param leftOut Nodes that are left out of it.
 * @returns The piece.
 */
export function pieceOf(
  node: Node,
  { references }: ModuleContext,
  declared: ReadonlySet<Node> = new Set(),
  leftOut: (node: Node) => boolean = () => false,
): Piece {
  const list = referenceList();
  const text = normalText(node, (each) => {
    if (leftOut(each)) return "-";
    if (declared.has(each)) return undefined;
    const mark = references.markOf(each);
    if (mark !== undefined) list.add(mark);
    const ref = references.of(each);
    if (ref === undefined) return undefined;
    const path = ref.kind === "import" ? ref.path.map((name) => `.${JSON.stringify(name)}`).join("") : "";
    return `<${list.add(ref)}${path}>`;
  });
  return { digest: textDigest(text), refs: list.refs };
}

/**
 * A node anywhere as a piece, with what it captures.
 *
 * @param node The node, in normal form.
 * @param context Its module.
 * @param leftOut Nodes that are left out of it.
 * @returns The piece.
 */
export function innerPieceOf(
  node: Node,
  context: ModuleContext,
  leftOut: (node: Node) => boolean = () => false,
): InnerPiece {
  const captured = capturesOf(node, context, leftOut);
  const locals: Node[] = [];
  const opaque = new Set(captured.isThis ? ["this"] : []);
  const seen = new Set(captured.bindings);
  for (const binding of seen) { // which grows meanwhile
    if (isOpaque(binding)) opaque.add(binding.name);
    for (const { type, node } of binding.declarations) {
      if (type === "Parameter" || type === "CatchClause" || locals.includes(node)) continue;
      locals.push(node);
      const inner = capturesOf(node, context, leftOut);
      if (inner.isThis) opaque.add("this");
      for (const next of inner.bindings) seen.add(next);
    }
  }
  return {
    ...pieceOf(node, context, undefined, leftOut),
    captures: captured.bindings.length > 0 || captured.isThis,
    locals: locals.map((local) => pieceOf(local, context, undefined, leftOut)),
    opaque: [...opaque],
  };
}

/** Whether no declaration shows what a variable holds. */
function isOpaque({ isReassigned, declarations }: Binding): boolean {
  return isReassigned ||
    declarations.some(({ type, node }) =>
      type === "Parameter" || type === "CatchClause" ||
      node.type === "VariableDeclarator" && child(node, "init") === undefined
    );
}

/** The variables of functions and blocks around a node that it uses. */
function capturesOf(
  node: Node,
  { scopes }: ModuleContext,
  leftOut: (node: Node) => boolean,
): { readonly bindings: readonly Binding[]; readonly isThis: boolean } {
  const found = new Set<Binding>();
  const inside = (each: Node) => each.start >= node.start && each.end <= node.end;
  walk(node, (each) => {
    if (leftOut(each)) return false;
    if (each.type !== "Identifier") return true;
    const binding = scopes.bindingOf(each);
    if (binding === undefined || binding.isTop) return true;
    if (!binding.declarations.some(({ id }) => inside(id))) found.add(binding);
    return true;
  });
  return { bindings: [...found], isThis: usesThis(node, leftOut) };
}

/**
 * Whether `this` in a node is that of something around it.
 *
 * @param node The node.
 * @param leftOut Nodes that are left out of it.
 * @returns Whether it is.
 */
export function usesThis(node: Node, leftOut: (node: Node) => boolean = () => false): boolean {
  if (leftOut(node)) return false;
  if (node.type === "ThisExpression" || node.type === "Super") return true;
  if (isFunction(node) && node.type !== "ArrowFunctionExpression") return false;
  if (!isClass(node)) return allChildren(node).some((each) => usesThis(each, leftOut));
  const heritage = child(node, "superClass");
  return heritage !== undefined && usesThis(heritage, leftOut);
}

/**
 * The properties `load` and `check` of objects that are cachers: what is saved does not depend on them.
 *
 * @param program Where to look.
 * @returns The properties.
 */
export function loadingParts(program: Node): ReadonlySet<Node> {
  const found = new Set<Node>();
  walk(program, (node) => {
    if (node.type !== "ObjectExpression") return;
    const properties = allChildren(node).filter(({ type }) => type === "Property");
    if (!properties.some((each) => keyOf(each) === "save")) return;
    for (const each of properties) if (["load", "check"].includes(keyOf(each) ?? "")) found.add(each);
  });
  return found;
}
