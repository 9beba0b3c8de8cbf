/**
 * A run's events on the terminal: one line a record, and while it runs one progress line.
 *
 * @module
 */
import { messageOf } from "../params/paths.ts";
import type { Counts, Emit, RunEvent, StageName } from "../run/events.ts";
import { describeRetry } from "../run/log.ts";
import { printable } from "../params/names.ts";
import { writeAll } from "../params/write_all.ts";
import { print, printError } from "./output.ts";

/** How much is shown. */
export interface RenderOptions {
  /** Nothing on standard output: it is for the JSON document, or for nothing. */
  readonly silent: boolean;
  /** A line for each stage, with its reason. */
  readonly verbose: boolean;
}

/** Shows the events of a run. */
export interface Renderer {
  readonly emit: Emit;
  /** A summary of what failed, a line each; none where nothing did. */
  readonly failures: () => readonly string[];
  /** Takes the progress line away. */
  readonly close: () => void;
}

/**
 * Shows the events of a run.
 *
 * @param options How much.
 * @returns Takes the events.
 */
export function makeRenderer(options: RenderOptions): Renderer {
  const progress = Deno.stderr.isTerminal() ? makeProgressLine() : undefined;
  const out = (line: string) => {
    if (options.silent) return;
    progress?.clear();
    print(line);
  };
  const err = (line: string) => {
    progress?.clear();
    printError(line);
  };
  const failed: (RunEvent & { type: "stage-finished" })[] = [];
  const emit = (event: RunEvent) => {
    progress?.update(event);
    if (event.type === "stage-finished" && event.verdict === "failed") failed.push(event);
    switch (event.type) {
      case "warning":
        return err(`warning: ${event.message}`);
      case "error":
        return err(`error: ${event.error.message}${stackOf(event.error)}`);
      case "log":
        return options.verbose ? err(`${nameOf(event.name)}: ${event.message}`) : undefined;
      case "stage-retried":
        return err(`${nameOf(event.name)}: ${describeRetry(event)}`);
      case "stage-finished":
        if (event.name.record === null) {
          const why = options.verbose || event.verdict === "skipped" ? ` (${event.reason})` : "";
          return out(`aggregate ${event.name.stage}: ${event.verdict}${why}`);
        }
        return options.verbose
          ? out(`  ${nameOf(event.name)}: ${event.verdict} (${event.reason})`)
          : undefined;
      case "record-finished":
        return out(recordLine(event));
      case "run-finished":
        progress?.clear();
        return out(summaryLine(event));
    }
  };
  const failures = () => {
    if (failed.length === 0) return [];
    const lines = failed.map(({ name, reason }) => `  ${nameOf(name)}: ${reason.split("\n", 1)[0]}`);
    return [`${failed.length} failed:`, ...lines];
  };
  return { emit, failures, close: () => progress?.close() };
}

function nameOf({ procedure, record, stage }: StageName): string {
  const owner = record === null ? "aggregate" : procedure === null ? record : `${procedure}/${record}`;
  return `${owner}, ${stage}`;
}

function recordLine({ procedure, record, counts, notable }: RunEvent & { type: "record-finished" }): string {
  const name = procedure === null ? record : `${procedure}/${record}`;
  const named = (verdict: string) =>
    notable.filter((each) => each.verdict === verdict).map(({ stage }) => stage);
  const parts = Object.entries(counts).filter(([, count]) => count > 0).map(([verdict, count]) => {
    const stages = named(verdict);
    return stages.length === 0 ? `${count} ${verdict}` : `${count} ${verdict} (${stages.join(", ")})`;
  });
  return `${name}: ${notable.length === 0 ? "nothing to run, " : ""}${parts.join(", ")}`;
}

function summaryLine({ reference, counts, milliseconds }: RunEvent & { type: "run-finished" }): string {
  return `${reference ?? "dry run"}: ${countsText(counts)} in ${(milliseconds / 1000).toFixed(2)} s`;
}

/**
 * Counts in words.
 *
 * @param counts How many stages came to which verdict.
 * @returns Such as `12 executed, 49 reused`.
 */
export function countsText(counts: Partial<Counts> & Record<string, number>): string {
  const parts = Object.entries(counts).filter(([name, count]) =>
    count > 0 || name === "executed" || name === "execute"
  );
  return parts.map(([name, count]) => `${count} ${name}`).join(", ");
}

/** Where Cairn's own code lies: its lines in a stack say nothing of the user's. */
const OWN = ["../", "../../cachers/"].map((folder) => new URL(folder, import.meta.url).href);

/** Where the user's code threw: the first lines of its stack that are files. */
function stackOf(error: Error): string {
  let cause: unknown = error.cause;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  if (!(cause instanceof Error)) return cause === undefined ? "" : `\n    ${messageOf(cause)}`;
  const lines = (cause.stack ?? "").split("\n")
    .filter((line) => /^\s+at .*\b[a-z]+:\/\//.test(line) && !/\bext:|@std\/|\/\.std\//.test(line))
    .filter((line) => !OWN.some((folder) => line.includes(folder))).slice(0, 5);
  return lines.map((line) => `\n${line}`).join("");
}

/** The line at the bottom of a terminal: records done, stages under way, time. */
function makeProgressLine() {
  const started = performance.now();
  const running = new Set<string>();
  let done = 0;
  let records = 0;
  let isShown = false;
  const write = (text: string) => writeAll(Deno.stderr, text);
  const clear = () => {
    if (isShown) write("\r\x1b[K");
    isShown = false;
  };
  const draw = () => {
    const [first] = running;
    if (first === undefined) return;
    const more = running.size > 1 ? ` and ${running.size - 1} more` : "";
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const text = printable(`${done}/${records} records, ${seconds} s, ${first}${more}`).replaceAll("\n", " ");
    write(`\r\x1b[K${text.slice(0, Math.max(20, columns() - 1))}`);
    isShown = true;
  };
  const timer = setInterval(draw, 100);
  return {
    clear,
    update: (event: RunEvent) => {
      if (event.type === "run-started") records = event.records;
      if (event.type === "record-finished") done++;
      if (event.type === "stage-started") running.add(nameOf(event.name));
      if (event.type === "stage-finished") running.delete(nameOf(event.name));
    },
    close: () => {
      clearInterval(timer);
      clear();
    },
  };
}

/** Some terminals say that they have no columns at all. */
function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch (error) {
    if (error instanceof Error) return 80; // no terminal to ask
    throw error;
  }
}
