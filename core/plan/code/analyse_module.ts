/**
 * All that is known of a module, from its text.
 *
 * @module
 */
import type { Export, ModuleAnalysis, Unit } from "./analysis_type.ts";
import { cacherPart } from "./cacher_parts.ts";
import { effectsOf } from "./effects.ts";
import { jsxPragma, withCalls } from "./jsx.ts";
import { normalForm } from "./normal_form.ts";
import { outsideReads } from "./outside.ts";
import type { Parser } from "./parser.ts";
import { loadingParts, type ModuleContext, pieceOf } from "./pieces.ts";
import { exportedName, type References, referencesIn, requestOf } from "./references.ts";
import { type Binding, scopesOf } from "./scopes.ts";
import { textDigest } from "./normal_text.ts";
import { stageSpecs } from "./stage_specs.ts";
import { child, children, isClass, isFunction, keyOf, type Node, textOf, walk } from "./syntax.ts";

/** What an export is called inside of its module when nothing else has a name. */
const DEFAULT = "*default*";

/** Beyond this many nodes, a record is hashed as one. */
const LARGE = 2000;

/**
 * Analyses a module.
 *
 * @param text Its text.
 * @param name Its file name, for the language that it is in.
 * @param parser The parser, loaded.
 * @returns What is known of it; where the parser can't read it, the digest of its text and what it seems to import.
 */
export function analyseModule(text: string, name: string, parser: Parser): ModuleAnalysis {
  let parsed: Node;
  try {
    parsed = parser.module(text, name);
  } catch {
    return unreadable(text); // Deno could read it, so it is newer than the parser
  }
  const program = normalForm(withCalls(parsed, jsxPragma(text)))!;
  const scopes = scopesOf(program, parser.scopes);
  const references = referencesIn(program, scopes, /@jsxImportSource\s+(\S+)/.exec(text)?.[1]);
  const context = { scopes, references };
  const exports: Record<string, Export> = {};
  const stars: number[] = [];
  const bare: number[] = [];
  const units: Unit[] = [];
  for (const statement of children(program, "body")) {
    if (statement.type === "ImportDeclaration") {
      const number = references.request(...requestOf(statement));
      if (children(statement, "specifiers").length === 0) bare.push(number);
    } else if (statement.type === "ExportAllDeclaration") exportAll(statement, references, exports, stars);
    else if (statement.type === "ExportNamedDeclaration") {
      exportNamed(statement, context, exports);
      const declaration = child(statement, "declaration");
      if (declaration !== undefined) units.push(...unitsOf(declaration, context));
    } else if (statement.type === "ExportDefaultDeclaration") {
      const declared = child(statement, "declaration")!;
      const id = child(declared, "id");
      const isNamed = (isFunction(declared) || isClass(declared)) && /Declaration$/.test(declared.type) && id;
      exports.default = { own: isNamed ? textOf(id, "name") : DEFAULT };
      units.push(...(isNamed ? unitsOf(declared, context) : [unit(declared, [DEFAULT], [], context)]));
    } else units.push(...unitsOf(statement, context));
  }
  const { specs, functions } = stageSpecs(program, context);
  return {
    requests: references.requests,
    bare,
    exports,
    stars,
    units,
    reassigned: scopes.top.filter(({ isReassigned }) => isReassigned).map(({ name }) => name),
    specs,
    functions,
  };
}

function exportAll(
  statement: Node,
  references: References,
  exports: Record<string, Export>,
  stars: number[],
): void {
  const from = references.request(...requestOf(statement));
  const name = child(statement, "exported");
  if (name === undefined) stars.push(from);
  else exports[exportedName(name)] = { from, name: "*" };
}

function exportNamed(
  statement: Node,
  { scopes, references }: ModuleContext,
  exports: Record<string, Export>,
): void {
  const from = child(statement, "source") === undefined
    ? undefined
    : references.request(...requestOf(statement));
  for (const specifier of children(statement, "specifiers")) {
    const local = child(specifier, "local")!;
    const name = exportedName(child(specifier, "exported") ?? local);
    if (specifier.type === "ExportNamespaceSpecifier") exports[name] = { from: from!, name: "*" };
    else if (from !== undefined) exports[name] = { from, name: exportedName(local) };
    else exports[name] = exportOf(local, scopes.bindingOf(local), references);
  }
  for (const binding of declaredIn(child(statement, "declaration"), scopes.top)) {
    exports[binding.name] = { own: binding.name };
  }
}

/** An import that is exported again is an export from there. */
function exportOf(local: Node, binding: Binding | undefined, references: References): Export {
  const ref = binding === undefined ? undefined : references.ofBinding(binding, []);
  return ref?.kind === "import" ? { from: ref.from, name: ref.name } : { own: exportedName(local) };
}

function declaredIn(node: Node | undefined, top: readonly Binding[]): readonly Binding[] {
  if (node === undefined) return [];
  return top.filter(({ declarations }) =>
    declarations.some(({ id }) => id.start >= node.start && id.end <= node.end)
  );
}

/** The units of a statement: each declarator is one. */
function unitsOf(statement: Node, context: ModuleContext): Unit[] {
  const nodes = statement.type === "VariableDeclaration" ? children(statement, "declarations") : [statement];
  return nodes.map((node) => {
    const ids = declaredIn(node, context.scopes.top).flatMap(({ declarations }) =>
      declarations.map(({ id }) => id).filter((id) => id.start >= node.start && id.end <= node.end)
    );
    return unit(
      node,
      [...new Set(ids.map((id) => textOf(id, "name")))],
      ids,
      context,
      textOf(statement, "kind"),
    );
  });
}

function unit(
  node: Node,
  names: readonly string[],
  ids: readonly Node[],
  context: ModuleContext,
  kind = "",
): Unit {
  const declared = new Set(ids);
  const hidden = hiddenName(node);
  const leftOut = (each: Node) => each === hidden;
  const piece = pieceOf(node, context, declared, leftOut);
  const loading = loadingParts(node);
  const init = node.type === "VariableDeclarator" && child(node, "id")?.type === "Identifier"
    ? child(node, "init")
    : names[0] === DEFAULT
    ? node
    : undefined;
  const isDeclarator = node.type === "VariableDeclarator";
  return {
    ...piece,
    digest: isDeclarator ? textDigest(`${kind} ${piece.digest}`) : piece.digest,
    names,
    effects: effectsOf(node, context),
    outside: isDeclarator || names[0] === DEFAULT ? outsideReads(node, context) : [],
    ...(loading.size === 0
      ? {}
      : { asCacher: pieceOf(node, context, declared, (each) => leftOut(each) || loading.has(each)) }),
    ...(init !== undefined && mayMakeCachers(init) ? { cacher: cacherPart(init, context) } : {}),
  };
}

/** Only a function or a class knows the name of the constant that it is given to. */
function hiddenName(node: Node): Node | undefined {
  const init = node.type === "VariableDeclarator" ? child(node, "init") : undefined;
  const id = child(node, "id");
  return init === undefined || isFunction(init) || isClass(init) || id?.type !== "Identifier"
    ? undefined
    : id;
}

/** Of a constant, whether it may be a cacher or a record of them; stages have a `run`. */
function mayMakeCachers(init: Node): boolean {
  if (!["Identifier", "MemberExpression", "CallExpression", "ObjectExpression"].includes(init.type)) {
    return false;
  }
  let count = 0;
  let hasRun = false;
  let isPlain = true;
  walk(init, (node) => {
    if (node.type === "Property" && keyOf(node) === "run") hasRun = true;
    if (node.type !== "Literal" && node.type !== "Property") isPlain = isPlain && node === init;
    return ++count <= LARGE;
  });
  return !hasRun && count <= LARGE && !(isPlain && init.type === "ObjectExpression");
}

function unreadable(text: string): ModuleAnalysis {
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g)].map((
    [, name = ""],
  ) => name);
  return {
    requests: [...new Set(specifiers)].map((specifier) => ({ specifier, type: "" })),
    bare: [],
    exports: {},
    stars: [],
    units: [],
    reassigned: [],
    specs: [],
    functions: [],
    unread: textDigest(text),
  };
}
