/**
 * What in a module's code refers to other code.
 *
 * @module
 */
import { JSX_RUNTIME, type Reference, type Request, WORKER } from "./analysis_type.ts";
import { JSX_CALLEE } from "./jsx.ts";
import type { Binding, Scopes } from "./scopes.ts";
import { child, children, isFunction, keyOf, literalText, type Node, textOf, walk } from "./syntax.ts";

/** Finds what the nodes of one module refer to. */
export interface References {
  /** What a node refers to as a whole, the nodes below it included; undefined where that is nothing, or local. */
  of(node: Node): Reference | undefined;
  /** A mark that code at a node leaves besides what it refers to by name. */
  markOf(node: Node): Reference | undefined;
  /** What a variable at the top level is. */
  ofBinding(binding: Binding, path: readonly string[]): Reference;
  /** The number of a request. */
  request(specifier: string, type: string): number;
  readonly requests: readonly Request[];
}

/**
 * Makes what finds the references of one module.
 *
 * @param program The module, in normal form.
 * @param scopes Its names.
 * @param jsxSource The package that makes its elements, where the module itself says so.
 * @returns What finds them; the list of requests grows while it does.
 */
export function referencesIn(program: Node, scopes: Scopes, jsxSource: string | undefined): References {
  const requests: Request[] = [];
  const request = (specifier: string, type: string): number => {
    const known = requests.findIndex((each) => each.specifier === specifier && each.type === type);
    return known >= 0 ? known : requests.push({ specifier, type }) - 1;
  };
  const namesUsed = namesOfDynamicImports(program);
  const ofBinding = (binding: Binding, path: readonly string[]): Reference => {
    const { type, node, parent } = binding.declarations[0] ?? {};
    if (type !== "ImportBinding" || node === undefined || parent === undefined) {
      return { kind: "own", name: binding.name };
    }
    return { kind: "import", from: request(...requestOf(parent)), name: importedName(node), path };
  };
  return {
    requests,
    request,
    ofBinding,
    of: (node) => {
      if (node.type === "Identifier") {
        const binding = scopes.bindingOf(node);
        return binding?.isTop === true ? ofBinding(binding, []) : undefined;
      }
      if (node.type === "MemberExpression") return memberReference(node, scopes, ofBinding);
      const dynamic = dynamicImport(node);
      if (dynamic !== undefined) {
        const type = literalText(dynamic.options === undefined ? undefined : typeIn(dynamic.options)) ?? "";
        return {
          kind: "dynamic",
          from: request(dynamic.specifier, type),
          names: namesUsed.get(node) ?? null,
        };
      }
      const required = requiredModule(node);
      if (required !== undefined) return { kind: "worker", from: request(required, "") };
      const worker = sourceUrl(node);
      return worker === undefined ? undefined : { kind: "worker", from: request(worker, WORKER) };
    },
    markOf: (node) => {
      if (node.type !== "Identifier" || node.name !== JSX_CALLEE) return markOf(node, scopes);
      const react = scopes.top.find(({ name }) => name === "React");
      if (jsxSource === undefined && react !== undefined) return ofBinding(react, []);
      const specifier = jsxSource === undefined ? JSX_RUNTIME : `${jsxSource}/jsx-runtime`;
      return { kind: "import", from: request(specifier, ""), name: "jsx", path: [] };
    },
  };
}

/**
 * The specifier and the type of an import or of an export from another module.
 *
 * @param node The declaration.
 * @returns Both, the type empty where there is none.
 */
export function requestOf(node: Node): [specifier: string, type: string] {
  const type = children(node, "attributes").find((each) => keyOf(each) === "type");
  return [literalText(child(node, "source")) ?? "", literalText(child(type ?? node, "value")) ?? ""];
}

function importedName(specifier: Node): string {
  if (specifier.type === "ImportNamespaceSpecifier") return "*";
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  return exportedName(specifier.imported as Node);
}

/**
 * A name in an import or export, which may be written as text.
 *
 * @param node An identifier or a literal.
 * @returns The name.
 */
export function exportedName(node: Node): string {
  return node.type === "Identifier" ? textOf(node, "name") : String(node.value);
}

/** `a.b.c` where `a` is an import: which part of it is a namespace is known when its module is. */
function memberReference(
  node: Node,
  scopes: Scopes,
  ofBinding: (binding: Binding, path: readonly string[]) => Reference,
): Reference | undefined {
  const path: string[] = [];
  let object: Node | undefined = node;
  while (object?.type === "MemberExpression") {
    const name = keyOf(object);
    if (name === undefined) return undefined;
    path.unshift(name);
    object = child(object, "object");
  }
  const binding = object?.type === "Identifier" ? scopes.bindingOf(object) : undefined;
  if (binding?.isTop !== true || binding.declarations[0]?.type !== "ImportBinding") return undefined;
  return ofBinding(binding, path);
}

function dynamicImport(
  node: Node,
): { readonly specifier: string; readonly options: Node | undefined } | undefined {
  if (node.type !== "ImportExpression") return undefined;
  const specifier = literalText(child(node, "source"));
  return specifier === undefined ? undefined : { specifier, options: child(node, "options") };
}

/** The type in `{ with: { type: "json" } }`. */
function typeIn(options: Node): Node | undefined {
  const given = children(options, "properties").find((each) => keyOf(each) === "with");
  const type = given === undefined ? undefined : children(given.value as Node, "properties")
    .find((each) => keyOf(each) === "type");
  return type === undefined ? undefined : child(type, "value");
}

const SOURCE = /\.[cm]?[jt]sx?$/;

/** `new URL("./worker.ts", import.meta.url)` and `import.meta.resolve("./worker.ts")`: a module to be run. */
function sourceUrl(node: Node): string | undefined {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return undefined;
  const callee = child(node, "callee");
  const [specifier, base] = children(node, "arguments");
  const text = literalText(specifier);
  if (text === undefined || !SOURCE.test(text)) return undefined;
  const isUrl = node.type === "NewExpression" && callee?.type === "Identifier" && callee.name === "URL" &&
    base !== undefined && metaMember(base) === "url";
  const isResolve = node.type === "CallExpression" && callee !== undefined &&
    metaMember(callee) === "resolve";
  return isUrl || isResolve ? text : undefined;
}

/** `require("./a.cjs")`, however it was made: what such a module exports, its text does not show. */
function requiredModule(node: Node): string | undefined {
  const callee = node.type === "CallExpression" ? child(node, "callee") : undefined;
  return callee?.type === "Identifier" && callee.name === "require"
    ? literalText(children(node, "arguments")[0])
    : undefined;
}

/** The name in `import.meta.name`. */
function metaMember(node: Node): string | undefined {
  return node.type === "MemberExpression" && child(node, "object")?.type === "MetaProperty" &&
      textOf(child(child(node, "object")!, "meta"), "name") === "import"
    ? keyOf(node)
    : undefined;
}

function markOf(node: Node, scopes: Scopes): Reference | undefined {
  if (metaMember(node) !== undefined && keyOf(node) !== "main") return { kind: "meta" };
  if (node.type === "WithStatement") return { kind: "module" };
  if (node.type === "ImportExpression" && dynamicImport(node) === undefined) {
    return computedImport(child(node, "source"));
  }
  if (node.type === "CallExpression" || node.type === "NewExpression") {
    const callee = child(node, "callee");
    const isGlobal = callee?.type === "Identifier" && scopes.bindingOf(callee) === undefined;
    if (isGlobal && (callee.name === "eval" || callee.name === "Function")) return { kind: "module" };
  }
  return undefined;
}

/** `./models/${name}.ts` may be any module of that folder. */
function computedImport(source: Node | undefined): Reference {
  const first = source?.type === "TemplateLiteral"
    ? children(source, "quasis")[0]
    : source?.type === "BinaryExpression" && source.operator === "+"
    ? leftmost(source)
    : undefined;
  const raw = first?.type === "Literal"
    ? literalText(first)
    : (first?.value as { cooked?: string } | undefined)?.cooked;
  const prefix = raw?.slice(0, raw.lastIndexOf("/") + 1) ?? "";
  return /^\.{0,2}\//.test(prefix) || prefix.startsWith("file:")
    ? { kind: "folder", prefix }
    : { kind: "computed" };
}

function leftmost(node: Node): Node | undefined {
  return node.type === "BinaryExpression" ? leftmost(node.left as Node) : node;
}

/** The exports that are used of dynamic imports, where the code right there says so. */
function namesOfDynamicImports(program: Node): ReadonlyMap<Node, readonly string[]> {
  const found = new Map<Node, readonly string[]>();
  const note = (source: Node | undefined, names: readonly string[] | undefined) => {
    const imported = source?.type === "AwaitExpression" ? child(source, "argument") : undefined;
    if (imported?.type === "ImportExpression" && names !== undefined) found.set(imported, names);
  };
  walk(program, (node) => {
    if (node.type === "VariableDeclarator") note(child(node, "init"), patternNames(child(node, "id")));
    else if (node.type === "MemberExpression") noteMember(node, note);
    else if (node.type === "CallExpression") noteThen(node, found);
  });
  return found;
}

function noteMember(
  node: Node,
  note: (source: Node | undefined, names: readonly string[] | undefined) => void,
): void {
  const name = keyOf(node);
  note(child(node, "object"), name === undefined ? undefined : [name]);
}

/** `import("./a.ts").then(({ f }) => ...)`. */
function noteThen(node: Node, found: Map<Node, readonly string[]>): void {
  const callee = child(node, "callee");
  const imported = callee?.type === "MemberExpression" && keyOf(callee) === "then"
    ? child(callee, "object")
    : undefined;
  const [handler, ...others] = children(node, "arguments");
  if (imported?.type !== "ImportExpression" || !isFunction(handler) || others.length > 0) return;
  const names = patternNames(children(handler!, "params")[0]);
  if (names !== undefined) found.set(imported, names);
}

/** The names that a pattern takes out of an object; undefined where it may take any. */
function patternNames(pattern: Node | undefined): readonly string[] | undefined {
  if (pattern?.type !== "ObjectPattern") return undefined;
  const names = children(pattern, "properties").map((each) =>
    each.type === "Property" ? keyOf(each) : undefined
  );
  return names.every((name) => name !== undefined) ? names : undefined;
}
