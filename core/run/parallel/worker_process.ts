/**
 * A worker, as the run sees it: a process to talk to, that may end at any time.
 *
 * @module
 */
import { quote } from "../../params/names.ts";
import { messageOf } from "../../params/paths.ts";
import { type FromWorker, messageBytes, messageOfBytes, type ToWorker } from "./messages.ts";
import { framed, makeToken, type PacketReader, packetReader } from "./packets.ts";
import { revived } from "./thrown.ts";
import { linePrinter } from "./whole_lines.ts";

/** A worker that was started. */
export interface WorkerProcess {
  /** Resolves when the module is loaded; rejects where it can't be, or the process ends before. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, with how; it never rejects. */
  readonly ended: Promise<Ending>;
  /** Says something to it; where it has ended, nobody hears it. */
  readonly send: (message: ToWorker) => void;
  /** Takes what it says: the job that is under way sets it. */
  listen: (message: FromWorker) => void;
  /** Ends it at once, in the midst of whatever it does. */
  readonly kill: () => void;
  /** Has it end by itself; one that does not, soon, is killed. */
  readonly end: () => Promise<void>;
}

/** How a worker ended. */
export interface Ending extends Pick<Deno.CommandStatus, "code" | "signal"> {
  /** What was wrong with what it said, where it was killed for that. */
  readonly cause?: unknown;
  /** What was thrown last that nothing caught, where it ended as a process does of that. */
  readonly uncaught?: { readonly error: unknown } | undefined;
}

/** What a worker is started with. */
export interface WorkerOptions {
  /** The arguments of Deno: flags, the program, and its arguments. */
  readonly args: readonly string[];
  /** The module that defines the stages. */
  readonly module: string;
  /** Takes what stages print on standard output. */
  readonly print: (bytes: Uint8Array) => void;
}

/** Milliseconds in which a worker ends that has nothing to do, or what it wrote is read once it has ended. */
const SOON = 1000;

/**
 * Starts a worker.
 *
 * @param options What to start.
 * @returns The worker, which is not ready yet.
 * @throws {Error} If the process can't be started.
 */
export function startWorker({ args, module, print }: WorkerOptions): WorkerProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const token = makeToken();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  ready.catch(() => {}); // whoever waits for it sees it
  const start = (message: FromWorker) => {
    if (message.type === "ready") resolve();
    else if (message.type === "broken") reject(brokenModule(module, revived(message.thrown)));
  };
  const lines = linePrinter(print);
  let uncaught: Ending["uncaught"];
  const take = (bytes: Uint8Array) => {
    lines.flush(); // it was printed before, and so it is shown before
    const message = messageOfBytes<FromWorker>(bytes);
    if (message.type === "uncaught") uncaught = { error: revived(message.thrown) };
    else worker.listen(message);
  };
  const reading = readAll(child.stdout, packetReader(token, take, lines.push), lines.flush);
  const writer = child.stdin.getWriter();
  const send = (message: ToWorker) => void writer.write(framed(messageBytes(message))).catch(() => {});
  const kill = () => killQuietly(child);
  const read = reading.done.then(() => ({}), (cause: unknown) => {
    kill(); // nothing more of what it says can be understood
    return { cause };
  });
  const ended = (async () => {
    const { code, signal } = await child.status;
    // A program that a stage started may hold the pipe open: what the worker wrote is there by then.
    await Promise.race([read, sleep(SOON, read)]);
    reading.stop();
    const cause = await read;
    const ending = { code, signal, ...cause, uncaught: code === 1 && signal === null ? uncaught : undefined };
    await writer.abort().catch(() => {});
    const why = ending.uncaught === undefined
      ? ""
      : `, as nothing caught an error: ${messageOf(ending.uncaught.error)}`;
    reject(new Error(`Cannot start a worker: its process ${howEnded(ending)}, and was not ready yet${why}`));
    return ending;
  })();
  const end = async () => {
    writer.close().catch(() => {});
    await Promise.race([ended, sleep(SOON, ended).then(kill)]);
    await ended;
  };
  const worker: WorkerProcess = { ready, ended, send, listen: start, kill, end };
  send({ type: "start", token, module });
  return worker;
}

/**
 * How a process ended, in words.
 *
 * @param status What is known of it.
 * @returns The rest of a sentence that begins with the process: `was killed (SIGKILL)`.
 */
export function howEnded({ code, signal }: Ending): string {
  return signal === null ? `ended with exit status ${code}` : `was ended by ${quote(signal).slice(1, -1)}`;
}

function brokenModule(module: string, error: unknown): unknown {
  const message = messageOf(error);
  if (message.startsWith("Cannot ")) return error;
  return new Error(`Cannot load ${quote(module)} in a worker: ${message}`, { cause: error });
}

/** Reads a stream to its end, or until it is stopped. */
function readAll(
  stream: ReadableStream<Uint8Array>,
  { push, end }: PacketReader,
  ended: () => void,
): { readonly done: Promise<void>; readonly stop: () => void } {
  const reader = stream.getReader();
  const done = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) push(read.value);
    end();
    ended();
  })();
  return { done, stop: () => void reader.cancel() };
}

/** Waits; no longer than until something else is done, so that no timer is left over. */
function sleep(milliseconds: number, unless: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => clearTimeout(timer);
    unless.then(stop, stop);
  });
}

function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has ended by itself just now.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
