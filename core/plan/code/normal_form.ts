/**
 * Syntax trees without what has no meaning at run time: types, layout, and ways to write the same.
 *
 * What comes out is plain ESTree, so that a scope analyser for JavaScript understands it. What TypeScript adds that does
 * run (enums, namespaces, parameter properties, decorators) becomes JavaScript that means as much, marked by a `tag`.
 *
 * @module
 */
import { elementAsCall, NO_PRAGMA } from "./jsx.ts";
import { child, children, isNode, literalText, type Node, textOf } from "./syntax.ts";

/** Never of meaning at run time, whatever node it stands on. */
const DROPPED = new Set([
  ...[
    "loc",
    "range",
    "extra",
    "raw",
    "leadingComments",
    "trailingComments",
    "innerComments",
    "comments",
    "tokens",
  ],
  ...["typeAnnotation", "returnType", "typeParameters", "typeArguments", "superTypeParameters", "implements"],
  ...[
    "superTypeArguments",
    "accessibility",
    "readonly",
    "override",
    "definite",
    "declare",
    "abstract",
    "optional",
  ],
  ...["importKind", "exportKind", "expression", "shorthand", "decorators", "errors", "interpreter"],
]);

const GONE = new Set([
  ...["TSInterfaceDeclaration", "TSTypeAliasDeclaration", "TSDeclareFunction", "TSAbstractMethodDefinition"],
  ...["TSAbstractPropertyDefinition", "TSAbstractAccessorProperty", "TSIndexSignature", "TSDeclareMethod"],
  ...["TSNamespaceExportDeclaration", "TSEmptyBodyFunctionExpression"],
]);

const TRANSPARENT = new Set([
  ...["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression", "TSTypeAssertion"],
  ...["TSInstantiationExpression", "ParenthesizedExpression", "JSXExpressionContainer"],
]);

const BODIES = ["body", "consequent", "alternate"];

/**
 * The normal form of a tree.
 *
 * @param node Any node.
 * @returns A new tree; undefined where nothing of it is left at run time.
 */
export function normalForm(node: Node): Node | undefined {
  if (node.declare === true || GONE.has(node.type)) return undefined;
  // What JavaScript calls an expression statement has its expression under a name that is dropped elsewhere.
  if (TRANSPARENT.has(node.type)) return normalForm(node.expression as Node);
  switch (node.type) {
    case "ExpressionStatement":
    case "ChainExpression":
      return copied(node, { expression: normalChild(node, "expression") });
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
      return copied(node, { body: statements(children(node, "body")) });
    case "SwitchCase":
      return copied(node, { consequent: statements(children(node, "consequent")) });
    case "IfStatement":
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return copied(
        node,
        Object.fromEntries(
          BODIES.filter((name) => isNode(node[name])).map((name) => [name, block(node, name)]),
        ),
      );
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ExportDefaultDeclaration":
      return moduleStatement(node);
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "FunctionDeclaration":
      return functionForm(node);
    case "ClassDeclaration":
    case "ClassExpression":
      return classForm(node);
    case "MethodDefinition":
      return isNode(node.value) && GONE.has(node.value.type)
        ? undefined
        : copied(node, { key: normalKey(node) });
    case "PropertyDefinition":
    case "Property":
      return copied(node, { key: normalKey(node), ...computedFlag(node, "key") });
    case "AccessorProperty":
      return { ...copied(node, { key: normalKey(node) }), type: "PropertyDefinition", tag: "accessor" };
    case "MemberExpression":
      return {
        ...copied(node, { property: memberKey(node) }),
        ...computedFlag(node, "property"),
        optional: node.optional,
      };
    case "CallExpression":
      return { ...copied(node), optional: node.optional };
    case "TSParameterProperty":
      return { ...normalForm(node.parameter as Node)!, tag: "parameter property" };
    case "TSEnumDeclaration":
      return enumForm(node);
    case "TSModuleDeclaration":
      return namespaceForm(node);
    case "TSImportEqualsDeclaration":
      return importEquals(node);
    case "TSExportAssignment":
      return { ...at(node, "ExportDefaultDeclaration"), declaration: normalForm(node.expression as Node) };
    case "JSXElement":
    case "JSXFragment":
      return normalForm(elementAsCall(node, NO_PRAGMA)); // in the text of a function, which has no comments above it
    default:
      return copied(node);
  }
}

function at(node: Node, type: string): Node {
  return { type, start: node.start, end: node.end };
}

/** A copy in normal form, with some properties given. */
function copied(node: Node, given: Readonly<Record<string, unknown>> = {}): Node {
  const copy = at(node, node.type);
  for (const [name, value] of Object.entries(node)) {
    if (name in copy || DROPPED.has(name)) continue;
    if (name in given) copy[name] = given[name];
    else if (isNode(value)) copy[name] = normalForm(value);
    else if (Array.isArray(value)) copy[name] = normalList(value);
    else copy[name] = value;
  }
  for (const [name, value] of Object.entries(given)) copy[name] = value;
  return copy;
}

function normalChild(node: Node, property: string): Node | undefined {
  const found = child(node, property);
  return found === undefined ? undefined : normalForm(found);
}

/** Holes in arrays stay, what is gone leaves none. */
function normalList(list: readonly unknown[]): unknown[] {
  return list.flatMap((item) => {
    if (!isNode(item)) return [item];
    const form = normalForm(item);
    return form === undefined ? [] : [form];
  });
}

/** `const a = 1, b = 2` is two statements; the empty one is none. */
function statements(list: readonly Node[]): Node[] {
  return list.flatMap((statement) => {
    if (statement.type === "EmptyStatement") return [];
    const form = normalForm(statement);
    if (form === undefined) return [];
    if (form.type !== "VariableDeclaration") return [form];
    return children(form, "declarations").map((declarator) => ({ ...form, declarations: [declarator] }));
  });
}

/** A body with braces, whether it was written with them or not. */
function block(node: Node, property: string): Node | undefined {
  const body = child(node, property);
  if (body === undefined) return undefined;
  if (body.type === "BlockStatement") return normalForm(body);
  return { ...at(body, "BlockStatement"), body: statements([body]) };
}

function moduleStatement(node: Node): Node | undefined {
  if (node.importKind === "type" || node.importKind === "typeof" || node.exportKind === "type") {
    return undefined;
  }
  const named = children(node, "specifiers");
  const kept = named.filter(({ importKind, exportKind }) => importKind !== "type" && exportKind !== "type");
  // An import of types alone is gone when it runs, and so are the side effects of its module.
  if (named.length > 0 && kept.length === 0) return undefined;
  const declared = child(node, "declaration");
  const declaration = declared === undefined ? undefined : normalForm(declared);
  if (declared !== undefined && declaration === undefined) return undefined;
  return copied(node, {
    ...(declared === undefined ? {} : { declaration }),
    specifiers: kept.map((each) => copied(each)),
  });
}

function functionForm(node: Node): Node {
  const params = children(node, "params")
    .filter((param) => !(param.type === "Identifier" && param.name === "this"));
  return copied(node, { params: normalList(params), body: functionBody(node) });
}

/** `(x) => { return x; }` is `(x) => x`. */
function functionBody(node: Node): Node | undefined {
  const body = normalChild(node, "body");
  if (node.type !== "ArrowFunctionExpression" || body?.type !== "BlockStatement") return body;
  const [only, ...others] = children(body, "body");
  const returned = only?.type === "ReturnStatement" && others.length === 0
    ? child(only, "argument")
    : undefined;
  return returned ?? body;
}

/** Decorators become static blocks in which they are called with the class: the scopes come out right that way. */
function classForm(node: Node): Node {
  const body = child(node, "body")!;
  const members = children(body, "body");
  const decorators = [
    ...decoratorBlocks(node, "class"),
    ...members.flatMap((member, i) => decoratorBlocks(member, `member ${i}`)),
  ];
  return copied(node, { body: { ...at(body, "ClassBody"), body: [...decorators, ...normalList(members)] } });
}

function decoratorBlocks(node: Node, place: string): Node[] {
  return children(node, "decorators").map((decorator) => {
    const callee = normalForm(decorator.expression as Node);
    const call = { ...at(decorator, "CallExpression"), callee, arguments: [at(decorator, "ThisExpression")] };
    const statement = { ...at(decorator, "ExpressionStatement"), expression: call };
    return { ...at(decorator, "StaticBlock"), body: [statement], tag: `decorator of ${place}` };
  });
}

/** The name of a property, however it is quoted. */
function normalKey(node: Node): Node | undefined {
  const key = child(node, "key");
  if (key === undefined) return undefined;
  const fixed = node.computed !== true;
  if (fixed && key.type === "Identifier") return stringLiteral(key, textOf(key, "name"));
  if (fixed && key.type === "Literal") return stringLiteral(key, String(key.value));
  return normalForm(key);
}

function memberKey(node: Node): Node | undefined {
  const property = child(node, "property");
  if (node.computed !== true && property?.type === "Identifier") {
    return stringLiteral(property, textOf(property, "name"));
  }
  return normalChild(node, "property");
}

/** `a["b"]` is `a.b`; `{ ["__proto__"]: 1 }` is not `{ __proto__: 1 }`. */
function computedFlag(node: Node, property: "key" | "property"): { readonly computed: boolean } {
  const text = literalText(child(node, property));
  const isFixed = text !== undefined &&
    (property === "property" || !["__proto__", "constructor", "prototype"].includes(text));
  return { computed: node.computed === true && !isFixed };
}

function stringLiteral(node: Node, value: string): Node {
  return { ...at(node, "Literal"), value };
}

/** `(function (A, B) { return [["A", 1], ["B", A]]; })()`: members may name one another. */
function enumForm(node: Node): Node {
  const members = children(child(node, "body") ?? node, "members");
  const names = members.map((member) => {
    const id = child(member, "id");
    return id?.type === "Identifier" ? textOf(id, "name") : literalText(id) ?? "";
  });
  const params = [...new Set(names)].filter((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
    .map((name) => ({ ...at(node, "Identifier"), name }));
  const elements = members.map((member, i) => ({
    ...at(member, "ArrayExpression"),
    elements: [stringLiteral(member, names[i] ?? ""), normalChild(member, "initializer") ?? null],
  }));
  const list = { ...at(node, "ArrayExpression"), elements };
  const body = {
    ...at(node, "BlockStatement"),
    body: [{ ...at(node, "ReturnStatement"), argument: list }],
  };
  return variable(node, child(node, "id")!, calledAtOnce(node, params, body), "enum");
}

function calledAtOnce(node: Node, params: readonly Node[], body: Node): Node {
  const callee = { ...at(node, "FunctionExpression"), id: null, params, body };
  return { ...at(node, "CallExpression"), callee, arguments: [] };
}

function variable(node: Node, id: Node, init: Node, tag: string): Node {
  const name = { ...at(id, "Identifier"), name: textOf(id, "name") };
  const declarator = { ...at(node, "VariableDeclarator"), id: name, init, tag };
  return { ...at(node, "VariableDeclaration"), kind: "let", declarations: [declarator] };
}

/** A namespace is a function called at once; one that holds types alone is gone. */
function namespaceForm(node: Node): Node | undefined {
  const body = child(node, "body");
  const id = child(node, "id");
  if (body === undefined || id === undefined || id.type === "Literal" || node.global === true) {
    return undefined;
  }
  if (id.type === "TSQualifiedName") {
    const inner: Node = { ...node, id: id.right };
    const exported: Node = { ...at(node, "ExportNamedDeclaration"), specifiers: [], declaration: inner };
    return namespaceForm({ ...node, id: id.left, body: { ...at(body, "TSModuleBlock"), body: [exported] } });
  }
  const inside = body.type === "TSModuleDeclaration" ? [body] : children(body, "body");
  const forms = statements(
    inside.map((each) => each.type === "ExportNamedDeclaration" ? exportedInside(each) : each),
  );
  if (forms.length === 0) return undefined;
  return variable(
    node,
    id,
    calledAtOnce(node, [], { ...at(body, "BlockStatement"), body: forms }),
    "namespace",
  );
}

function exportedInside(node: Node): Node {
  const declaration = child(node, "declaration");
  return declaration === undefined ? at(node, "EmptyStatement") : { ...declaration, tag: "export" };
}

function importEquals(node: Node): Node | undefined {
  if (node.importKind === "type") return undefined;
  const reference = node.moduleReference as Node;
  if (reference.type === "TSExternalModuleReference") return undefined;
  const member = (name: Node): Node =>
    name.type !== "TSQualifiedName" ? normalForm(name)! : {
      ...at(name, "MemberExpression"),
      object: member(name.left as Node),
      property: stringLiteral(name, textOf(name.right as Node, "name")),
      computed: false,
    };
  return variable(node, child(node, "id")!, member(reference), "import");
}
