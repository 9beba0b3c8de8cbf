/**
 * The log of a run, in the run's folder: one line an event.
 *
 * @module
 */
import { join } from "@std/path";
import { durationText } from "../params/duration.ts";
import { printable, quote } from "../params/names.ts";
import { fileError } from "../store/disk/disk_error.ts";
import type { RunEvent, StageName } from "./events.ts";

/** An open log. */
export interface Log {
  readonly write: (event: RunEvent) => void;
  readonly close: () => void;
}

/** How long the end of a stage or a record waits for another line, in milliseconds; and how much may wait, in characters. */
const WAIT = 50;
const LONGEST = 65_536;

/**
 * Opens the log of a run.
 *
 * @param dir The run's folder.
 * @returns Takes each event. Lines are on disk before it returns, so that they tell what a run was at that was killed;
 * but for those that a stage or a record is done, which wait a moment for the next. What can't be written stops no
 * stage: `close` throws it.
 */
export function openLog(dir: string): Log {
  const path = join(dir, "log");
  const file = Deno.openSync(path, { create: true, append: true });
  const encoder = new TextEncoder();
  let isOpen = true;
  let failure: { readonly error: unknown } | undefined;
  let waiting = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A timer that was set stays: to clear one and set the next for every stage takes longer than to write its lines.
  const expire = () => {
    timer = undefined;
    if (waiting !== "" && isOpen && failure === undefined) flush();
  };
  const flush = () => {
    const bytes = encoder.encode(waiting);
    waiting = "";
    try {
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    } catch (error) {
      failure = { error: fileError("write the log", path, error) };
    }
  };
  return {
    write: (event) => {
      if (!isOpen || failure !== undefined) return;
      const text = describeEvent(event);
      if (text === undefined) return;
      const time = new Date().toISOString();
      // Whoever looks at it may do so on a terminal.
      waiting += printable(text).split("\n").map((line) => `${time} ${line}\n`).join("");
      const mayWait = event.type === "stage-finished" || event.type === "record-finished";
      if (!mayWait || waiting.length > LONGEST) flush();
      else timer ??= setTimeout(expire, WAIT);
    },
    close: () => {
      if (isOpen && failure === undefined) flush();
      isOpen = false;
      clearTimeout(timer);
      file.close();
      if (failure !== undefined) throw failure.error;
    },
  };
}

/**
 * An event as text.
 *
 * @param event The event.
 * @returns Its text; undefined for one that says nothing new.
 */
export function describeEvent(event: RunEvent): string | undefined {
  switch (event.type) {
    case "run-started":
      return `run ${
        event.reference ?? "(dry)"
      }: ${event.records} records, ${event.tasks} stages and aggregates`;
    case "planned":
    case "committing":
      return undefined;
    case "stage-started":
      return `${describeName(event.name)}: started`;
    case "stage-retried":
      return `${describeName(event.name)}: ${describeRetry(event)}`;
    case "stage-finished": {
      const time = event.verdict === "executed" || event.verdict === "failed"
        ? ` in ${seconds(event.milliseconds)}`
        : "";
      return `${describeName(event.name)}: ${event.verdict}${time} (${event.reason})`;
    }
    case "record-finished":
      return `record ${quote(event.record)}: ${
        Object.entries(event.counts).filter(([, count]) => count > 0).map(([verdict, count]) =>
          `${count} ${verdict}`
        )
          .join(", ")
      }`;
    case "log":
      return `${describeName(event.name)}: ${event.message}`;
    case "warning":
      return `warning: ${event.message}`;
    case "error":
      return `error: ${event.error.message}\n${causes(event.error)}`;
    case "run-finished":
      return `done in ${seconds(event.milliseconds)}`;
  }
}

/**
 * A retry in words.
 *
 * @param event The attempt that failed.
 * @returns One line, without the stage's name.
 */
export function describeRetry({ attempt, of, message, wait }: RunEvent & { type: "stage-retried" }): string {
  const when = wait > 0 ? `in ${durationText(wait)}` : "now";
  return `attempt ${attempt} of ${of} failed, the next comes ${when}: ${message}`;
}

function describeName({ record, stage }: StageName): string {
  return record === null ? `aggregate ${quote(stage)}` : `record ${quote(record)}, stage ${quote(stage)}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** The stack of what was thrown first: where the user's code is. */
function causes(error: Error): string {
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}
