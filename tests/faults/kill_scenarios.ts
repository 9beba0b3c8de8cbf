/**
 * The runs that are killed: of what, and what was there before.
 *
 * @module
 */
import type { Order } from "./fixtures/kill_child.ts";

/** A run that is killed: of what, and what was there before. */
export interface Scenario {
  readonly name: string;
  readonly order: Order;
  /** The environment of the killed run and of the rerun. */
  readonly env?: Readonly<Record<string, string>>;
  /** The run that came before it, where there was one. */
  readonly before?: { readonly order: Order; readonly env?: Readonly<Record<string, string>> };
  /** How often it is killed, among others. */
  readonly weight: number;
}

/** A run of all, with no flags. */
export const plain = (experiment: Order["experiment"]): Order => ({ experiment, options: {} });
const over = (experiment: Order["experiment"], ...overwriteStages: string[]): Order => ({
  experiment,
  options: { overwriteStages },
});
const OTHER = { CAIRN_SALT: "5" };
const DIVIDED = { CAIRN_DIVIDED: "1" };

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "first run", order: plain("small"), weight: 6 },
  {
    name: "overwritten, and other values",
    order: over("small", "load"),
    env: OTHER,
    before: { order: plain("small") },
    weight: 6,
  },
  {
    name: "overwritten, a last stage",
    order: over("small", "report", "sum"),
    before: { order: plain("small") },
    weight: 3,
  },
  {
    name: "linked by early cutoff",
    order: plain("small"),
    env: { CAIRN_VERSION: "2" },
    before: { order: plain("small") },
    weight: 4,
  },
  { name: "paths on another file system", order: plain("small"), env: DIVIDED, weight: 3 },
  {
    name: "paths on another file system, overwritten, and other values",
    order: over("small", "load"),
    env: { ...DIVIDED, ...OTHER },
    before: { order: plain("small"), env: DIVIDED },
    weight: 3,
  },
  { name: "full store, first run", order: { experiment: "small", options: { storeFull: true } }, weight: 2 },
  {
    name: "full store, all re-used",
    order: { experiment: "small", options: { storeFull: true } },
    before: { order: plain("small") },
    weight: 2,
  },
  { name: "nothing to run", order: plain("small"), before: { order: plain("small") }, weight: 1 },
  { name: "many files", order: plain("many"), weight: 3 },
  {
    name: "many files, overwritten, and other values",
    order: over("many", "write"),
    env: OTHER,
    before: { order: plain("many") },
    weight: 3,
  },
  { name: "100 MB", order: plain("big"), weight: 1 },
  {
    name: "100 MB, overwritten, and other values",
    order: over("big", "fill"),
    env: OTHER,
    before: { order: plain("big") },
    weight: 1,
  },
  { name: "saveAs", order: plain("inline"), weight: 1 },
  {
    name: "saveAs, over another value",
    order: plain("inline"),
    env: OTHER,
    before: { order: plain("inline") },
    weight: 1,
  },
];
