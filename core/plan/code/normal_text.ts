/**
 * One text for all code that means the same, to be hashed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Digest } from "../../params/canonical.ts";
import { byCodeUnit } from "../../params/canonical.ts";
import { children, cookedText, isNode, type Node } from "./syntax.ts";

const PLACES = new Set(["type", "start", "end", "range"]);

/** What stands in the text in place of a node; undefined where the node itself does. */
export type Replacement = (node: Node) => string | undefined;

/**
 * The text of a tree in normal form.
 *
 * @param node The tree.
 * @param replacement Asked for each node, parents first.
 * @returns The text, for machines only.
 */
export function normalText(node: Node, replacement: Replacement): string {
  const parts: string[] = [];
  write(node, replacement, parts);
  return parts.join("");
}

/**
 * The SHA-256 of a text.
 *
 * @param text The text.
 * @returns 64 hexadecimal digits.
 */
export function textDigest(text: string): Digest {
  return createHash("sha256").update(text).digest("hex");
}

function write(node: Node, replacement: Replacement, parts: string[]): void {
  const replaced = replacement(node);
  if (replaced !== undefined) {
    parts.push(replaced);
    return;
  }
  switch (node.type) {
    case "Identifier":
    case "PrivateIdentifier":
      parts.push(node.type === "Identifier" ? "$" : "#", JSON.stringify(node.name), tagText(node));
      return;
    case "Literal":
      parts.push(literal(node));
      return;
    case "TemplateElement":
      parts.push(JSON.stringify(cookedText(node) ?? null));
      return;
    case "TaggedTemplateExpression":
      // A tag sees how its text was written, too.
      parts.push("raw", JSON.stringify(children(node.quasi as Node, "quasis").map(({ value }) => value)));
  }
  parts.push(node.type, "{");
  for (const property of Object.keys(node).sort(byCodeUnit)) {
    if (PLACES.has(property)) continue;
    const value = node[property];
    if (value === null || value === undefined || value === false) continue;
    parts.push(property, ":");
    if (isNode(value)) write(value, replacement, parts);
    else if (Array.isArray(value)) writeList(value, replacement, parts);
    else parts.push(JSON.stringify(value) ?? "");
    parts.push(",");
  }
  parts.push("}");
}

function writeList(list: readonly unknown[], replacement: Replacement, parts: string[]): void {
  parts.push("[");
  for (const item of list) {
    if (isNode(item)) write(item, replacement, parts);
    else parts.push(JSON.stringify(item) ?? "");
    parts.push(",");
  }
  parts.push("]");
}

function tagText(node: Node): string {
  return typeof node.tag === "string" ? `(${node.tag})` : "";
}

function literal(node: Node): string {
  const { value, bigint, regex } = node;
  if (typeof bigint === "string") return `${BigInt(bigint)}n`;
  if (regex !== undefined) return `regex${JSON.stringify(regex)}`;
  return typeof value === "number" ? `n${value}` : `l${JSON.stringify(value)}`;
}
