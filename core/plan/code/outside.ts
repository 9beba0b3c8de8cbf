/**
 * What the initialiser of a constant reads from outside: from the environment, files, the network, a clock.
 *
 * @module
 */
import type { OutsideRead } from "./analysis_type.ts";
import type { ModuleContext } from "./pieces.ts";
import { allChildren, child, children, isFunction, keyOf, literalText, type Node } from "./syntax.ts";

const FILES = /^Deno\.(read|open|stat|lstat|realPath)\w*$|^fs\.(read|open|stat|lstat|createRead|exists)\w*$/;
const OTHER =
  /^(Deno\.(args|cwd|hostname|osRelease|Command)|fetch|prompt|confirm|performance\.now|Math\.random)$/;
const MORE = /^(Date\.now|crypto\.(random\w+|getRandomValues)|process\.(argv|cwd|platform|hrtime)\b.*)$/;

/**
 * What is read from outside while a declaration is evaluated.
 *
 * @param node The declaration.
 * @param context Its module.
 * @returns What it reads.
 */
export function outsideReads(node: Node, context: ModuleContext): readonly OutsideRead[] {
  const found = new Map<string, OutsideRead>();
  const visit = (each: Node, isCalled: boolean): void => {
    if (isFunction(each) && !isCalled) return;
    const read = readOf(each, context);
    if (read !== undefined) {
      found.set(read.what, read);
      for (const arg of children(each, "arguments")) visit(arg, false);
      return;
    }
    const callee = child(each, "callee");
    for (const next of allChildren(each)) visit(next, next === callee);
  };
  visit(node, false);
  return [...found.values()];
}

function readOf(node: Node, context: ModuleContext): OutsideRead | undefined {
  if (node.type === "NewExpression" && children(node, "arguments").length === 0) {
    return globalPath(child(node, "callee"), context) === "Date"
      ? { what: "new Date()", kind: "other" }
      : undefined;
  }
  const isCall = node.type === "CallExpression";
  const path = globalPath(isCall ? child(node, "callee") : node, context);
  if (path === undefined) return undefined;
  const what = isCall ? `${path}(...)` : path;
  if (path === "Deno.env.get" || path === "Deno.env.has") {
    const name = isCall ? literalText(children(node, "arguments")[0]) : undefined;
    return name === undefined
      ? { what, kind: "env" }
      : { what: `${path}(${JSON.stringify(name)})`, kind: "env", name };
  }
  if (path.startsWith("Deno.env")) return { what, kind: "env" };
  const variable = /^process\.env(?:\.(\w+))?/.exec(path);
  if (variable !== null) {
    return { what: path, kind: "env", ...(variable[1] === undefined ? {} : { name: variable[1] }) };
  }
  if (FILES.test(path)) return { what, kind: "files" };
  return OTHER.test(path) || MORE.test(path) ? { what, kind: "other" } : undefined;
}

/** `Deno.env.get` where `Deno` is the global one; node's modules go by the names of their globals. */
function globalPath(node: Node | undefined, context: ModuleContext): string | undefined {
  if (node?.type === "ChainExpression") return globalPath(child(node, "expression"), context);
  if (node?.type === "MemberExpression") {
    const name = keyOf(node) ?? literalText(child(node, "property"));
    const object = globalPath(child(node, "object"), context);
    if (object === undefined) return undefined;
    if (name === undefined) return object === "process.env" ? object : undefined;
    return object === "globalThis" ? name : `${object}.${name}`;
  }
  if (node?.type !== "Identifier") return undefined;
  const { references, scopes } = context;
  if (scopes.bindingOf(node) === undefined) return String(node.name);
  const ref = references.of(node);
  if (ref?.kind !== "import") return undefined;
  const module = /^node:(process|fs)(\/promises)?$/.exec(references.requests[ref.from]?.specifier ?? "")?.[1];
  if (module === undefined) return undefined;
  return ref.name === "default" || ref.name === "*" ? module : `${module}.${ref.name}`;
}
