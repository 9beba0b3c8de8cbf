/**
 * Syntax trees (ESTree), as far as this folder needs to know them.
 *
 * @module
 */

/** A node of a syntax tree. What else it has depends on its type. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  [property: string]: unknown;
}

/**
 * Whether a value is a node.
 *
 * @param value What a property of a node holds.
 * @returns Whether it has a type, as nodes do.
 */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null &&
    typeof (value as { type?: unknown }).type === "string";
}

/**
 * A child of a node.
 *
 * @param node The node.
 * @param property Its name.
 * @returns The child, where there is one.
 */
export function child(node: Node, property: string): Node | undefined {
  const value = node[property];
  return isNode(value) ? value : undefined;
}

/**
 * A list of children, without the holes that an array may have.
 *
 * @param node The node.
 * @param property The list's name.
 * @returns The children; none where there is no such list.
 */
export function children(node: Node, property: string): readonly Node[] {
  const value = node[property];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/**
 * All children of a node, in the order of its properties.
 *
 * @param node The node.
 * @returns The children.
 */
export function allChildren(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) found.push(value);
    else if (Array.isArray(value)) { for (const item of value) if (isNode(item)) found.push(item); }
  }
  return found;
}

/**
 * Calls a function with a node and all below it, parents first.
 *
 * @param node Where to begin.
 * @param visit What is called; where it returns false, what lies below is left out.
 */
export function walk(node: Node, visit: (node: Node) => boolean | void): void {
  if (visit(node) === false) return;
  for (const each of allChildren(node)) walk(each, visit);
}

/**
 * A text that a node holds: the name of an identifier, the operator of an expression.
 *
 * @param node The node.
 * @param property Which one.
 * @returns The text, empty where there is none.
 */
export function textOf(node: Node | undefined, property: string): string {
  const value = node?.[property];
  return typeof value === "string" ? value : "";
}

/**
 * The text of a string literal, or of a template that is one.
 *
 * @param node An expression.
 * @returns The text; undefined where it is anything else.
 */
export function literalText(node: Node | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type !== "TemplateLiteral" || children(node, "expressions").length > 0) return undefined;
  return cookedText(children(node, "quasis")[0]);
}

/**
 * The text of a part of a template.
 *
 * @param node The part.
 * @returns Its text with escapes resolved; undefined where they can't be.
 */
export function cookedText(node: Node | undefined): string | undefined {
  const value = node?.value as { readonly cooked?: unknown } | null | undefined;
  return typeof value?.cooked === "string" ? value.cooked : undefined;
}

/**
 * The name of a property, a method or a member that is not computed.
 *
 * @param node What has a `key`, or else a `property`.
 * @returns The name; undefined where it is computed or private.
 */
export function keyOf(node: Node): string | undefined {
  if (node.computed === true) return undefined;
  const key = child(node, "key") ?? child(node, "property");
  if (key?.type === "Identifier") return textOf(key, "name");
  return key?.type === "Literal" ? String(key.value) : undefined;
}

/**
 * Whether a node is a function of any sort.
 *
 * @param node The node.
 * @returns Whether it is.
 */
export function isFunction(node: Node | undefined): boolean {
  return node?.type === "ArrowFunctionExpression" || node?.type === "FunctionExpression" ||
    node?.type === "FunctionDeclaration";
}

/**
 * Whether a node is a class.
 *
 * @param node The node.
 * @returns Whether it is.
 */
export function isClass(node: Node | undefined): boolean {
  return node?.type === "ClassDeclaration" || node?.type === "ClassExpression";
}
