/**
 * Which declaration each name in a module refers to.
 *
 * @module
 */
import type { analyze, Variable } from "eslint-scope";
import { type Node, walk } from "./syntax.ts";

/** A variable: where it is declared, and how. */
export interface Binding {
  readonly name: string;
  /** Whether it is declared at the top level of the module. */
  readonly isTop: boolean;
  readonly declarations: readonly Declaration[];
  /** Whether it is assigned to after its declaration. */
  readonly isReassigned: boolean;
  /** The values assigned to it, wherever that happens. */
  readonly assigned: readonly Node[];
}

/** One declaration of a variable. */
export interface Declaration {
  /** What eslint-scope calls it: `Variable`, `Parameter`, `FunctionName`, `ImportBinding`. */
  readonly type: string;
  /** The identifier. */
  readonly id: Node;
  /** What declares it: a declarator, a function, an import specifier. */
  readonly node: Node;
  readonly parent: Node | undefined;
}

/** The names of a module. */
export interface Scopes {
  /** The variable that an identifier stands for; undefined for a global, and for what is no variable. */
  bindingOf(identifier: Node): Binding | undefined;
  /** The variables at the top level. */
  readonly top: readonly Binding[];
}

/**
 * Resolves the names of a module.
 *
 * @param program The module, in normal form.
 * @param analyse `analyze` of eslint-scope, which is loaded when it is needed.
 * @returns Its names.
 */
export function scopesOf(program: Node, analyse: typeof analyze): Scopes {
  walk(program, (node) => {
    node.range = [node.start, node.end]; // under the name that eslint-scope knows
  });
  // `ignoreEval`: a module is strict, so an eval in it declares nothing around it.
  const manager = analyse(program as never, { ecmaVersion: 2025, sourceType: "module", ignoreEval: true });
  const bindings = new Map<Node, Binding>();
  const top: Binding[] = [];
  for (const scope of manager.scopes) {
    for (const variable of scope.variables) {
      // A class knows its own name in a scope of its own, and it is the same class.
      const outer = bindings.get(nodeOf(variable.defs[0]?.name));
      const binding = outer ?? toBinding(variable, scope.type === "module");
      if (binding === undefined) continue; // `arguments`, and what is implicit
      if (binding.isTop && binding !== outer) top.push(binding);
      for (const { id } of binding.declarations) bindings.set(id, binding);
      for (const { identifier } of variable.references) bindings.set(nodeOf(identifier), binding);
    }
  }
  return { bindingOf: (identifier) => bindings.get(identifier), top };
}

/** What eslint-scope gives back are the nodes that it was given, under the types of ESTree. */
function nodeOf(given: unknown): Node {
  return given as Node;
}

function toBinding(variable: Variable, isTop: boolean): Binding | undefined {
  if (variable.defs.length === 0) return undefined;
  const writes = variable.references.filter((reference) => reference.isWrite());
  return {
    name: variable.name,
    isTop,
    declarations: variable.defs.map(({ type, name, node, parent }) => ({
      type,
      id: nodeOf(name),
      node: nodeOf(node),
      parent: parent === null || parent === undefined ? undefined : nodeOf(parent),
    })),
    isReassigned: writes.some((reference) => reference.init !== true),
    assigned: writes.flatMap(({ writeExpr }) => writeExpr ? [nodeOf(writeExpr)] : []),
  };
}
