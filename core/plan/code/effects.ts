/**
 * What the code of a declaration may change: when its module is loaded, and when it is called.
 *
 * Values are followed without regard to order: a variable may hold whatever is ever assigned to it.
 *
 * @module
 */
import type { CallSite, Effects, Origin, UnitEffects } from "./analysis_type.ts";
import { type ModuleContext, type ReferenceList, referenceList } from "./pieces.ts";
import type { Binding } from "./scopes.ts";
import { allChildren, child, children, isClass, isFunction, keyOf, type Node, walk } from "./syntax.ts";

/** Where code is: in what runs when the module is loaded, or in a function that may be called. */
interface Frame {
  readonly writes: Origin[];
  readonly calls: number[];
  readonly isEager: boolean;
}

interface Builder {
  readonly context: ModuleContext;
  readonly refs: ReferenceList;
  readonly calls: CallSite[];
  /** The number of the call that a node is. */
  readonly numbers: Map<Node, number>;
  /** What parameters stand for, where the call is known. */
  readonly parameters: Map<Binding, readonly Origin[]>;
  /** Functions that are not called right where they are written. */
  readonly functions: Node[];
  readonly returns: Origin[];
  /** Functions that run in a frame already. */
  readonly entered: Map<Node, Set<Frame>>;
  /** Methods that may be called where no call is written. */
  readonly made: Map<Node, Node>;
}

/** Methods of lists, maps and sets that change them. */
const CHANGING = /^(push|unshift|pop|shift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear|append)$/;

/** Where a class extends one that is not at the top level. */
const UNKNOWN_CLASS = -1;

/** A function that stands right there: what it does is known. */
const LOCAL: readonly Origin[] = [["l", 0]];

const UNKNOWN_ARGUMENT: readonly Origin[] = [["a", 0]];

/**
 * What a declaration or statement at the top level may change.
 *
 * @param node A declaration, a statement, or an expression that is exported as default.
 * @param context Its module.
 * @returns What it does; origins are numbered within it.
 */
export function effectsOf(node: Node, context: ModuleContext): UnitEffects {
  const builder: Builder = {
    context,
    refs: referenceList(),
    calls: [],
    numbers: new Map(),
    parameters: new Map(),
    functions: [],
    returns: [],
    entered: new Map(),
    made: new Map(),
  };
  const main = mainFunction(node);
  if (main !== undefined) bindParameters(builder, main, (i) => [[`p${i}`, 0]]);
  const eager: Frame = { writes: [], calls: [], isEager: true };
  visit(builder, node, eager);
  const called: Frame = { writes: [], calls: [], isEager: false };
  for (const each of builder.functions) enter(builder, each, called);
  const init = node.type === "VariableDeclarator"
    ? child(node, "init")
    : isExpression(node)
    ? node
    : undefined;
  const value = init === undefined ? [] : originsOf(builder, init, eager);
  return {
    refs: builder.refs.refs,
    calls: builder.calls,
    eager: effects(eager),
    called: effects(called),
    returns: unique(builder.returns),
    value: unique(child(node, "id")?.type === "Identifier" ? value : value.flatMap(inward)),
    extends: heritage(builder, node),
    sort: isFunction(node) || isFunction(init) ? "function" : isPrimitive(init) ? "primitive" : "other",
    isKnown: isFunction(node) || isClass(node) || isFunction(init) || isClass(init) || isPlainObject(init),
  };
}

function heritage({ context, refs }: Builder, node: Node): readonly number[] {
  const found: number[] = [];
  walk(node, (each) => {
    const above = isClass(each) ? child(each, "superClass") : undefined;
    if (above === undefined) return;
    const ref = context.references.of(above);
    found.push(ref === undefined ? UNKNOWN_CLASS : refs.add(ref));
  });
  return found;
}

function isPrimitive(node: Node | undefined): boolean {
  if (node?.type === "Literal") return node.regex === undefined;
  return /^(TemplateLiteral|UnaryExpression|BinaryExpression|UpdateExpression)$/.test(node?.type ?? "");
}

function isExpression(node: Node): boolean {
  return /Expression$|^Identifier$|^TemplateLiteral$/.test(node.type);
}

/** The function that a call of what is declared enters. */
function mainFunction(node: Node): Node | undefined {
  const value = node.type === "VariableDeclarator" ? child(node, "init") : node;
  return isFunction(value) ? value : undefined;
}

/** Whether all that is in an object stands there. */
function isPlainObject(node: Node | undefined): boolean {
  return node?.type === "ObjectExpression" &&
    children(node, "properties").every(({ type }) => type === "Property");
}

function effects({ writes, calls }: Frame): Effects {
  return { writes: unique(writes), calls: [...new Set(calls)] };
}

function unique(origins: readonly Origin[]): Origin[] {
  const seen = new Map(origins.map((origin) => [origin.join(" "), origin]));
  return [...seen.values()];
}

/** What lies inside of a value. */
function inward([place, distance]: Origin): Origin[] {
  return distance === -1 ? [[place, 0], [place, 1]] : [[place, 1]];
}

/** A new value that holds what is given. */
function held([place]: Origin): Origin {
  return [place, -1];
}

function visit(builder: Builder, node: Node, frame: Frame): void {
  if (isFunction(node)) {
    if (frame.isEager) builder.functions.push(node);
    else enter(builder, node, frame);
    return;
  }
  switch (node.type) {
    case "ClassDeclaration":
    case "ClassExpression":
      return visitClass(builder, node, frame);
    case "CallExpression":
    case "NewExpression":
    case "TaggedTemplateExpression":
      call(builder, node, frame, true);
      return;
    case "ExpressionStatement": {
      const expression = bare(child(node, "expression")!);
      if (/^(Call|New)Expression$|^TaggedTemplate/.test(expression.type)) {
        call(builder, expression, frame, false);
      } else {
        // Whoever reads a property and leaves it at that means what its getter does.
        if (expression.type === "MemberExpression") call(builder, callOf(builder, expression), frame, false);
        visit(builder, expression, frame);
      }
      return;
    }
    case "AssignmentExpression":
      write(builder, child(node, "left")!, frame);
      break;
    case "UpdateExpression":
      write(builder, child(node, "argument")!, frame);
      break;
    case "UnaryExpression":
      if (node.operator === "delete") write(builder, child(node, "argument")!, frame);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      write(builder, child(node, "left")!, frame);
      break;
    case "ReturnStatement":
    case "YieldExpression":
      if (!frame.isEager && isChild(node, "argument")) {
        builder.returns.push(...originsOf(builder, child(node, "argument")!, frame));
      }
  }
  for (const each of allChildren(node)) visit(builder, each, frame);
}

/** A method as if it were called with nothing; the same node each time. */
function callOf(builder: Builder, member: Node): Node {
  const made = builder.made.get(member) ??
    { type: "CallExpression", start: member.start, end: member.end, callee: member, arguments: [] };
  builder.made.set(member, made);
  return made;
}

function isChild(node: Node, property: string): boolean {
  return child(node, property) !== undefined;
}

/** An expression without `await` and `?.` around it. */
function bare(node: Node): Node {
  const isIgnored = node.type === "UnaryExpression" && (node.operator === "void" || node.operator === "!");
  if (node.type === "AwaitExpression" || isIgnored) return bare(child(node, "argument")!);
  return node.type === "ChainExpression" ? bare(child(node, "expression")!) : node;
}

/** Static members are evaluated with the class, others when it is used. */
function visitClass(builder: Builder, node: Node, frame: Frame): void {
  const heritage = child(node, "superClass");
  if (heritage !== undefined) visit(builder, heritage, frame);
  for (const member of children(child(node, "body")!, "body")) {
    if (member.computed === true) visit(builder, child(member, "key")!, frame);
    const value = child(member, "value");
    if (member.type === "StaticBlock") {
      for (const each of children(member, "body")) visit(builder, each, frame);
    } else if (value === undefined) continue;
    else if (isFunction(value) || member.static === true || !frame.isEager) visit(builder, value, frame);
    else builder.functions.push(value); // evaluated when an object is made
  }
}

/** Runs a function's body in a frame, once. */
function enter(builder: Builder, node: Node, frame: Frame): void {
  const frames = builder.entered.get(node) ?? new Set();
  if (frames.has(frame)) return;
  builder.entered.set(node, frames.add(frame));
  if (!isFunction(node)) return visit(builder, node, frame); // the initialiser of a field
  for (const param of children(node, "params")) visit(builder, param, frame);
  const body = child(node, "body")!;
  if (body.type !== "BlockStatement") builder.returns.push(...originsOf(builder, body, frame));
  visit(builder, body, frame);
}

function bindParameters(builder: Builder, node: Node, originsAt: (i: number) => readonly Origin[]): void {
  children(node, "params").forEach((param, i) => {
    const origins = originsAt(i);
    walk(param, (each) => {
      const binding = each.type === "Identifier" ? builder.context.scopes.bindingOf(each) : undefined;
      if (binding === undefined || !binding.declarations.some(({ id }) => id === each)) return;
      const isWhole = each === param || child(param, "left") === each;
      builder.parameters.set(binding, isWhole ? origins : origins.flatMap(inward));
    });
  });
}

/** `a.b = ...` changes what `a` holds; an assignment to a variable changes that, where it outlives the function. */
function write(builder: Builder, target: Node, frame: Frame): void {
  const place = bare(target);
  if (place.type === "MemberExpression") {
    frame.writes.push(...originsOf(builder, child(place, "object")!, frame));
  } else if (place.type === "Identifier" && builder.context.scopes.bindingOf(place)?.isTop === true) {
    frame.writes.push(...variableOrigins(builder, place, frame));
  } else if (/Pattern$|^RestElement$/.test(place.type)) {
    for (const each of allChildren(place)) write(builder, each, frame);
  } else if (place.type === "Property") write(builder, child(place, "value")!, frame);
}

/** Notes a call; its number. */
function call(builder: Builder, node: Node, frame: Frame, used: boolean): number {
  const known = builder.numbers.get(node);
  if (known !== undefined) {
    frame.calls.push(known);
    return known;
  }
  const number = builder.calls.push({ callee: [], args: [], used, isNew: false }) - 1;
  builder.numbers.set(node, number);
  frame.calls.push(number);
  const callee = bare(child(node, "callee") ?? child(node, "tag")!);
  const args = node.type === "TaggedTemplateExpression"
    ? children(child(node, "quasi")!, "expressions")
    : children(node, "arguments");
  const origins = args.map((arg) => argumentOrigins(builder, arg, frame));
  const object = callee.type === "MemberExpression" ? child(callee, "object") : undefined;
  const base = object === undefined ? undefined : originsOf(builder, object, frame);
  const inside: Frame = { writes: [], calls: [], isEager: false };
  args.forEach((arg, i) => {
    // A method that is handed on may be called: `[2].forEach(list.push, list)`.
    if (bare(arg).type === "MemberExpression" && CHANGING.test(keyOf(bare(arg)) ?? "")) {
      call(builder, callOf(builder, bare(arg)), inside, true);
    }
    const others = [...base ?? [], ...origins.flatMap((origin, k) => k === i ? [] : origin)];
    visitArgument(builder, arg, frame, inside, others.flatMap(inward));
  });
  if (isFunction(callee)) {
    bindParameters(builder, callee, (i) => origins[i] ?? []);
    enter(builder, callee, frame);
  } else {
    if (object !== undefined) visit(builder, object, frame);
    if (callee.computed === true) visit(builder, child(callee, "property")!, frame);
    if (object === undefined && callee.type !== "Identifier") visit(builder, callee, frame);
    enterLocal(builder, callee, frame);
  }
  const isLocal = isFunction(callee) || callee.type === "Super" || localFunctions(builder, callee).length > 0;
  builder.calls[number] = {
    callee: isLocal ? LOCAL : unique(originsOf(builder, callee, frame)),
    ...(base === undefined ? {} : { method: methodName(callee), base: unique(base) }),
    args: origins.map(unique),
    used,
    isNew: node.type === "NewExpression",
    ...(inside.writes.length + inside.calls.length === 0 ? {} : { inside: effects(inside) }),
  };
  return number;
}

/** `push.call` where a method is called by way of another. */
function methodName(callee: Node): string {
  const name = keyOf(callee) ?? "";
  if (name !== "call" && name !== "apply") return name;
  const object = bare(child(callee, "object")!);
  return `${object.type === "MemberExpression" ? keyOf(object) ?? "" : ""}.${name}`;
}

function argumentOrigins(builder: Builder, arg: Node, frame: Frame): readonly Origin[] {
  if (arg.type !== "SpreadElement") return originsOf(builder, arg, frame);
  return originsOf(builder, child(arg, "argument")!, frame).flatMap(inward);
}

/** Functions in arguments run when the call runs them. */
function visitArgument(
  builder: Builder,
  arg: Node,
  frame: Frame,
  inside: Frame,
  given: readonly Origin[],
): void {
  if (isFunction(arg)) {
    bindParameters(builder, arg, () => given);
    enter(builder, arg, inside);
    if (frame.isEager) builder.functions.push(arg);
  } else if (arg.type === "ObjectExpression" || arg.type === "ArrayExpression" || arg.type === "Property") {
    for (const each of allChildren(arg)) visitArgument(builder, each, frame, inside, given);
  } else visit(builder, arg, frame);
}

/** A function of an enclosing block that is called while the module is loaded. */
function enterLocal(builder: Builder, callee: Node, frame: Frame): void {
  if (!frame.isEager) return; // there, all functions are entered
  for (const value of localFunctions(builder, callee)) enter(builder, value, frame);
}

/** The functions that a variable of a function or block holds, where it holds nothing else. */
function localFunctions({ context }: Builder, callee: Node): readonly Node[] {
  const binding = callee.type === "Identifier" ? context.scopes.bindingOf(callee) : undefined;
  if (binding === undefined || binding.isTop) return [];
  const declared = binding.declarations.filter(({ type }) => type === "FunctionName").map(({ node }) => node);
  const values = [...binding.assigned, ...declared];
  const isParameter = binding.declarations.some(({ type }) => type === "Parameter");
  return !isParameter && values.every(isFunction) ? values : [];
}

/** Where the value of an expression may come from. */
function originsOf(builder: Builder, node: Node, frame: Frame): readonly Origin[] {
  switch (node.type) {
    case "Identifier":
      return variableOrigins(builder, node, frame);
    case "ThisExpression":
    case "Super":
      return [["t", 0]];
    case "MemberExpression": {
      const ref = builder.context.references.of(node);
      if (ref !== undefined) return [[`r${builder.refs.add(ref)}`, 0]];
      return originsOf(builder, child(node, "object")!, frame).flatMap(inward);
    }
    case "CallExpression":
    case "NewExpression":
    case "TaggedTemplateExpression":
      return [[`c${builder.numbers.get(node) ?? call(builder, node, frame, true)}`, 0]];
    case "AwaitExpression":
    case "SpreadElement":
      return originsOf(builder, child(node, "argument")!, frame);
    case "ChainExpression":
      return originsOf(builder, child(node, "expression")!, frame);
    case "ConditionalExpression":
      return [child(node, "consequent")!, child(node, "alternate")!].flatMap((each) =>
        originsOf(builder, each, frame)
      );
    case "LogicalExpression":
      return [child(node, "left")!, child(node, "right")!].flatMap((each) => originsOf(builder, each, frame));
    case "SequenceExpression":
      return originsOf(builder, children(node, "expressions").at(-1)!, frame);
    case "AssignmentExpression":
      return originsOf(builder, child(node, "right")!, frame);
    case "ArrayExpression":
      return children(node, "elements").flatMap((each) => originsOf(builder, each, frame)).map(held);
    case "ObjectExpression":
      return children(node, "properties")
        .flatMap((each) => originsOf(builder, child(each, "value") ?? each, frame)).map(held);
    case "ImportExpression": {
      const ref = builder.context.references.of(node);
      return ref === undefined ? [] : [[`r${builder.refs.add(ref)}`, 1]];
    }
    default:
      return []; // a new value, or one that can't be changed
  }
}

function variableOrigins(builder: Builder, node: Node, frame: Frame): readonly Origin[] {
  const { scopes, references } = builder.context;
  const binding = scopes.bindingOf(node);
  if (binding === undefined) return [[`g${String(node.name)}`, 0]];
  if (binding.isTop) return [[`r${builder.refs.add(references.ofBinding(binding, []))}`, 0]];
  const known = builder.parameters.get(binding);
  if (known !== undefined) return known;
  if (binding.declarations.some(({ type }) => type === "Parameter")) return UNKNOWN_ARGUMENT;
  builder.parameters.set(binding, []); // a variable that is made from itself
  const isWhole = binding.declarations.every(({ id, node }) => child(node, "id") === id);
  const origins = unique(
    binding.assigned.filter((value) => !isFunction(value)).flatMap((value) =>
      originsOf(builder, value, frame)
    )
      // What a pattern or a loop takes out of a value lies inside of it.
      .flatMap((origin) => isWhole && !isLoop(binding) ? [origin] : [origin, ...inward(origin)]),
  );
  builder.parameters.set(binding, origins);
  return origins;
}

function isLoop(binding: Binding): boolean {
  return binding.declarations.some(({ node }) =>
    node.type === "VariableDeclarator" && !isChild(node, "init")
  );
}
