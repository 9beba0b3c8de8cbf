/**
 * The stages of an experiment, in a module that was loaded anew.
 *
 * @module
 */
import type { AggregateDescription } from "../../define/aggregate.ts";
import type { Experiment } from "../../define/experiment.ts";
import type { StageDescription } from "../../define/stage.ts";
import { quote } from "../../params/names.ts";
import { textDigest } from "../../plan/code/normal_text.ts";
import { sourceOf } from "../../plan/code/text_code.ts";
import { isMade } from "../../define/definition_site.ts";
import type { StageRef } from "./messages.ts";

type AnyDescription = StageDescription | AggregateDescription;

const digests = new WeakMap<AnyDescription, string>();

/**
 * What tells the code of a stage from another of the same name.
 *
 * @param description The stage.
 * @returns The digest of the text of its `run`.
 */
export function runDigest(description: AnyDescription): string {
  const digest = digests.get(description) ?? textDigest(sourceOf(description.run));
  digests.set(description, digest);
  return digest;
}

/**
 * The experiments that a module exports, its default export first.
 *
 * @param url The module's URL.
 * @param module The module.
 * @returns The experiments, at least one.
 * @throws {TypeError} If there is none, or another Cairn made it.
 */
export function experimentsOf(url: string, module: Readonly<Record<string, unknown>>): readonly Experiment[] {
  const found = [module.default, ...Object.values(module)].filter(isExperiment);
  if (found.length === 0) {
    throw new TypeError(
      `Cannot find the experiment in ${quote(url)}: workers load it from there, and it exports none; ` +
        "write export default defineExperiment(...)",
    );
  }
  const [stage] = found.flatMap(stagesOf);
  if (stage !== undefined && !isMade(stage.description)) {
    throw new TypeError(
      `Cannot run the stages of ${
        quote(url)
      } in a worker: there its "@cairn/cairn" is another than this one; ` +
        "name the configuration with --config=deno.json among the flags of the workers",
    );
  }
  return [...new Set(found)];
}

function isExperiment(value: unknown): value is Experiment {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "experiment";
}

function stagesOf({ procedures, aggregates }: Experiment) {
  return [...procedures.flatMap(({ stages }) => stages), ...aggregates];
}

/**
 * A stage of the experiments of a module.
 *
 * @param experiments The experiments.
 * @param ref Which it is.
 * @returns Its description.
 * @throws {Error} If there is none, or it can't be told which of several it is.
 */
export function stageNamed(experiments: readonly Experiment[], ref: StageRef): AnyDescription {
  const { kind, name, procedure } = ref;
  const cannot = `Cannot run ${kind} ${quote(name)}` +
    (procedure === null ? "" : ` of procedure ${quote(procedure)}`) + " in a worker";
  const called = experiments.filter((experiment) => experiment.name === ref.experiment);
  if (called.length > 1) {
    throw new Error(
      `${cannot}: its module exports several experiments called ${
        quote(ref.experiment)
      }; export the one that runs`,
    );
  }
  const found = called.map((experiment) => descriptionOf(experiment, ref))[0];
  if (found !== undefined) return found;
  throw new Error(
    `${cannot}: its module exports no experiment ${
      quote(ref.experiment)
    } that has it; export the one that runs`,
  );
}

function descriptionOf(
  experiment: Experiment,
  { kind, procedure, name }: StageRef,
): AnyDescription | undefined {
  const all = kind === "aggregate"
    ? experiment.aggregates
    : experiment.procedures.filter((each) => each.name === procedure).flatMap(({ stages }) => stages);
  return all.map(({ description }): AnyDescription => description).find((each) => each.name === name);
}
