/**
 * Loading experiments and parameter sets from modules.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { resolve, toFileUrl } from "@std/path";
import type { Experiment, ParamsSource } from "../define/experiment.ts";
import { quote } from "../params/names.ts";
import { sortOf } from "../params/paths.ts";
import { messageOf } from "../params/paths.ts";
import { rememberModule } from "../run/stage_facts.ts";
import { misuse } from "./flags.ts";

/**
 * Loads the experiment that a module exports.
 *
 * @param specifier A path from the working folder, or a URL.
 * @returns The experiment: the default export, or else the only export that is one.
 * @throws {TypeError} If the module can't be loaded, or holds no experiment.
 */
export async function loadExperiment(specifier: string): Promise<Experiment> {
  const loading = Date.now();
  const module = await loadModule("experiment", specifier);
  const experiment = experimentOf(specifier, module);
  rememberModule(experiment, urlOf(specifier), loading);
  return experiment;
}

function experimentOf(specifier: string, module: Record<string, unknown>): Experiment {
  if (isExperiment(module.default)) return module.default;
  const others = Object.entries(module).filter(([, value]) => isExperiment(value));
  if (others.length === 1) return others[0]![1] as Experiment;
  if (others.length > 1) {
    throw misuse(
      `Cannot use the experiment module ${quote(specifier)}: it exports several experiments, ${
        others.map(([name]) => quote(name)).join(", ")
      }; export one of them as default`,
    );
  }
  const found = "default" in module
    ? `its default export is ${sortOf(module.default)}`
    : "it has no default export";
  throw misuse(
    `Cannot use the experiment module ${quote(specifier)}: it exports no experiment, ${found}; ` +
      "write export default defineExperiment(...)",
  );
}

/**
 * Loads the parameter sets that a module exports as default: a list, or a function that returns one.
 *
 * @param specifier A path from the working folder, or a URL.
 * @returns The sets.
 * @throws {TypeError} If the module can't be loaded, or exports neither.
 */
export async function loadParams(specifier: string): Promise<ParamsSource> {
  const module = await loadModule("params", specifier);
  const { default: params } = module;
  if (Array.isArray(params) || typeof params === "function") return params as ParamsSource;
  throw misuse(
    `Cannot use the params module ${
      quote(specifier)
    }: its default export is a list of parameter sets or a function ` +
      `that returns one, found ${sortOf(params)}`,
  );
}

/**
 * Whether a value is an experiment.
 *
 * @param value Any value.
 * @returns Whether `defineExperiment` made it.
 */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "experiment";
}

async function loadModule(what: string, specifier: string): Promise<Record<string, unknown>> {
  try {
    return await import(urlOf(specifier));
  } catch (error) {
    throw misuse(
      `Cannot load the ${what} module ${quote(specifier)}: ${firstLine(messageOf(error))}`,
    );
  }
}

function urlOf(specifier: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(specifier) ? specifier : toFileUrl(resolve(specifier)).href;
}

/** Deno's own messages have several lines, colours and a full stop. */
function firstLine(message: string): string {
  const [line = ""] = stripVTControlCharacters(message).split("\n");
  return line.trim().replace(/\.$/, "");
}
