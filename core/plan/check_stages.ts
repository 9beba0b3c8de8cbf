/**
 * The checks on a list of stages that the compiler makes for TypeScript, at run time: for JavaScript, loops and lists.
 *
 * @module
 */
import type { AnyStage } from "../define/stage.ts";
import { quote } from "../params/names.ts";

/**
 * Refuses a list of stages that can't be run in its order.
 *
 * @param procedure The stages, and the procedure's name where it has one.
 * @param given The values that a record starts with.
 * @throws {TypeError} If two stages bear one name or produce one output, a stage produces what the record starts
 * with, or an input is produced by none before it.
 */
export function checkStages(
  procedure: { readonly name: string | null; readonly stages: readonly AnyStage[] },
  given: readonly string[],
): void {
  const within = procedure.name === null ? "" : ` in procedure ${quote(procedure.name)}`;
  const names = new Map<string, string>();
  const producers = new Map<string, string>(given.map((name) => [name, ""]));
  for (const [i, { description }] of procedure.stages.entries()) {
    const cannot = `Cannot use stage ${quote(description.name)}${within}`;
    const twin = names.get(description.name.toLowerCase());
    if (twin !== undefined) {
      throw new TypeError(
        twin === description.name
          ? `${cannot}: another stage bears that name; rename one`
          : `${cannot}: stage ${quote(twin)} differs from it in case alone; rename one`,
      );
    }
    names.set(description.name.toLowerCase(), description.name);
    for (const input of [...description.inputs, ...description.optional]) {
      if (producers.has(input)) continue;
      const later = procedure.stages.slice(i).find((stage) =>
        Object.hasOwn(stage.description.outputs, input)
      );
      if (later === undefined && description.optional.includes(input)) continue;
      throw new TypeError(
        later === undefined
          ? `${cannot}: its input ${quote(input)} is not produced by any earlier stage; there is ${
            [...producers.keys()].map(quote).join(", ") || "nothing yet"
          }`
          : `${cannot}: its input ${quote(input)} is not produced by any earlier stage, only by ${
            quote(later.description.name)
          }${later === procedure.stages[i] ? " itself" : ", which comes later; move it before"}`,
      );
    }
    for (const output of Object.keys(description.outputs)) {
      const other = producers.get(output);
      if (other !== undefined) {
        throw new TypeError(
          other === ""
            ? `${cannot}: its output ${quote(output)} is a value that the record starts with; rename one`
            : `${cannot}: its output ${quote(output)} is produced by stage ${quote(other)} too; rename one`,
        );
      }
      producers.set(output, description.name);
    }
  }
}
