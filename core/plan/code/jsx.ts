/**
 * JSX as the calls that it stands for, so that what follows knows JavaScript alone.
 *
 * @module
 */
import { child, children, isNode, type Node, textOf } from "./syntax.ts";

/** What the callee of an element is called: no program can have a variable of this name. */
export const JSX_CALLEE = "jsx element";

/** The functions that a module itself names for its elements. */
export interface JsxPragma {
  /** `h`, or `React.createElement`. */
  readonly element: string | undefined;
  /** What a fragment is an element of. */
  readonly fragment: string | undefined;
}

/** Where a module names none. */
export const NO_PRAGMA: JsxPragma = { element: undefined, fragment: undefined };

/**
 * A module with its elements as calls of the functions that it names for them.
 *
 * @param node The module.
 * @param pragma The functions.
 * @returns The module; itself where it names none.
 */
export function withCalls(node: Node, pragma: JsxPragma): Node {
  if (pragma.element === undefined) return node;
  const called = node.type === "JSXElement" || node.type === "JSXFragment"
    ? elementAsCall(node, pragma)
    : node;
  const deep = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(deep) : isNode(value) ? withCalls(value, pragma) : value;
  return Object.fromEntries(Object.entries(called).map(([name, value]) => [name, deep(value)])) as
    & Node
    & object;
}

/**
 * What the comments of a module say of its JSX.
 *
 * @param text The module.
 * @returns The names of the functions, where it gives any.
 */
export function jsxPragma(text: string): JsxPragma {
  return {
    element: /@jsx\s+([\w$.]+)/.exec(text)?.[1],
    fragment: /@jsxFrag\s+([\w$.]+)/.exec(text)?.[1],
  };
}

/**
 * An element or a fragment as a call: of what, its attributes, its children.
 *
 * @param node The element.
 * @param pragma The functions that the module names.
 * @returns A call of the module's own function, or of {@linkcode JSX_CALLEE}.
 */
export function elementAsCall(node: Node, { element, fragment }: JsxPragma): Node {
  const opening = child(node, "openingElement");
  const name = opening !== undefined
    ? nameAsExpression(opening.name as Node)
    : fragment === undefined
    ? literal(node, "")
    : dotted(node, fragment);
  const attributes = opening === undefined ? [] : children(opening, "attributes").map(attributeAsProperty);
  return {
    ...at(node, "CallExpression"),
    callee: dotted(node, element ?? JSX_CALLEE),
    arguments: [
      name,
      { ...at(node, "ObjectExpression"), properties: attributes },
      ...children(node, "children").flatMap(childAsExpression),
    ],
  };
}

function at(node: Node, type: string): Node {
  return { type, start: node.start, end: node.end };
}

function literal(node: Node, value: unknown): Node {
  return { ...at(node, "Literal"), value };
}

function dotted(node: Node, name: string): Node {
  const [first = "", ...rest] = name.split(".");
  const identifier = (name: string): Node => ({ ...at(node, "Identifier"), name });
  return rest.reduce(
    (object, property): Node => ({
      ...at(node, "MemberExpression"),
      object,
      property: identifier(property),
      computed: false,
    }),
    identifier(first),
  );
}

/** Lower-case names are elements of the page, others are variables, and so is whatever has a property. */
function nameAsExpression(name: Node, isObject = false): Node {
  if (name.type === "JSXMemberExpression") {
    return {
      ...at(name, "MemberExpression"),
      object: nameAsExpression(name.object as Node, true),
      property: { ...at(name, "Identifier"), name: textOf(name.property as Node, "name") },
      computed: false,
    };
  }
  if (name.type === "JSXNamespacedName") return literal(name, namespaced(name));
  const text = textOf(name, "name");
  if (text === "this") return at(name, "ThisExpression");
  return !isObject && /^[a-z]|-/.test(text) ? literal(name, text) : { ...at(name, "Identifier"), name: text };
}

function namespaced(name: Node): string {
  return `${textOf(name.namespace as Node, "name")}:${textOf(name.name as Node, "name")}`;
}

function attributeAsProperty(attribute: Node): Node {
  if (attribute.type === "JSXSpreadAttribute") {
    return { ...at(attribute, "SpreadElement"), argument: attribute.argument };
  }
  const name = attribute.name as Node;
  const value = isNode(attribute.value) ? attribute.value : literal(attribute, true);
  const key = literal(name, name.type === "JSXNamespacedName" ? namespaced(name) : textOf(name, "name"));
  return { ...at(attribute, "Property"), kind: "init", method: false, computed: false, key, value };
}

function childAsExpression(node: Node): Node[] {
  if (node.type === "JSXText") {
    const text = renderedText(textOf(node, "value"));
    return text === "" ? [] : [literal(node, text)];
  }
  if (node.type === "JSXSpreadChild") return [{ ...at(node, "SpreadElement"), argument: node.expression }];
  if (node.type === "JSXExpressionContainer" && (node.expression as Node).type === "JSXEmptyExpression") {
    return [];
  }
  return [node];
}

/** Text as an element gets it: lines trimmed where they break, what is blank between them left out. */
function renderedText(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.map((line, i) => {
    const start = i === 0 ? line : line.replace(/^[ \t]+/, "");
    return i === lines.length - 1 ? start : start.replace(/[ \t]+$/, "");
  }).filter((line) => line !== "").join(" ");
}
