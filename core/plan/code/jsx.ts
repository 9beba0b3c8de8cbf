/**
 * JSX as the calls that it stands for, so that what follows knows JavaScript alone.
 *
 * @module
 */
import { child, children, isNode, type Node, textOf } from "./syntax.ts";

/** What the callee of an element is called: no program can have a variable of this name. */
export const JSX_CALLEE = "jsx element";

/**
 * An element or a fragment as a call: of what, its attributes, its children.
 *
 * @param node The element.
 * @returns A call of {@linkcode JSX_CALLEE}.
 */
export function elementAsCall(node: Node): Node {
  const opening = child(node, "openingElement");
  const name = opening === undefined ? literal(node, "") : nameAsExpression(opening.name as Node);
  const attributes = opening === undefined ? [] : children(opening, "attributes").map(attributeAsProperty);
  return {
    ...at(node, "CallExpression"),
    callee: { ...at(node, "Identifier"), name: JSX_CALLEE },
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

/** Lower-case names are elements of the page, others are variables. */
function nameAsExpression(name: Node): Node {
  if (name.type === "JSXMemberExpression") {
    return {
      ...at(name, "MemberExpression"),
      object: nameAsExpression(name.object as Node),
      property: { ...at(name, "Identifier"), name: textOf(name.property as Node, "name") },
      computed: false,
    };
  }
  if (name.type === "JSXNamespacedName") return literal(name, namespaced(name));
  const text = textOf(name, "name");
  if (text === "this") return at(name, "ThisExpression");
  return /^[a-z]|-/.test(text) ? literal(name, text) : { ...at(name, "Identifier"), name: text };
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
    const text = textOf(node, "value").replace(/\s*\n\s*/g, "\n").replace(/^\n|\n$/g, "").replace(
      /\s+/g,
      " ",
    );
    return text === "" ? [] : [literal(node, text)];
  }
  if (node.type === "JSXSpreadChild") return [{ ...at(node, "SpreadElement"), argument: node.expression }];
  if (node.type === "JSXExpressionContainer" && (node.expression as Node).type === "JSXEmptyExpression") {
    return [];
  }
  return [node];
}
