/**
 * A worker: a process that runs stages for a run, one at a time, until the run is over.
 *
 * It is told what to do on its standard input, and ends with it: a run that is killed takes its workers along, one whose
 * stage never yields when that is over.
 *
 * @module
 */
import type { Experiment } from "../../define/experiment.ts";
import { writeAll } from "../../params/write_all.ts";
import { experimentsOf } from "./find_in_module.ts";
import { asStage, loadInWorker } from "./loading.ts";
import { type FromWorker, messageBytes, messageOfBytes, type ToWorker } from "./messages.ts";
import { frameReader, packets } from "./packets.ts";
import { describeThrown, revived } from "./thrown.ts";
import { runJob } from "./worker_job.ts";

/** The program that a worker runs. */
export const WORKER: string = import.meta.url;

/** What the job that is under way waits for. */
interface UnderWay {
  readonly controller: AbortController;
  readonly going: PromiseWithResolvers<void>;
}

/** Reads what the run says, until it says nothing more. */
async function serve(): Promise<void> {
  // Ctrl-C on a terminal reaches every process there. What becomes of the run, its own process decides.
  Deno.addSignalListener("SIGINT", () => {});
  const out = { writeSync: Deno.stdout.writeSync.bind(Deno.stdout) };
  let token: Uint8Array = new Uint8Array();
  let experiments: readonly Experiment[] = [];
  let underWay: UnderWay | undefined;
  const send = (message: FromWorker) => {
    // A run that was killed hears nothing: then standard input has ended too, of which the worker ends without a word.
    for (const packet of packets(token, messageBytes(message))) writeAll(out, packet);
  };
  const uncaught = (error: unknown) => send({ type: "uncaught", thrown: describeThrown(error) });
  const load = async (module: string) => {
    globalThis.addEventListener("error", ({ error }) => uncaught(error));
    globalThis.addEventListener("unhandledrejection", ({ reason }) => uncaught(reason));
    try {
      experiments = experimentsOf(module, await loadInWorker(module));
      send({ type: "ready" });
    } catch (error) {
      send({ type: "broken", thrown: describeThrown(error) });
    }
  };
  const take = (message: ToWorker) => {
    switch (message.type) {
      case "start":
        token = message.token;
        return void load(message.module);
      case "run": {
        const [controller, going] = [new AbortController(), Promise.withResolvers<void>()];
        underWay = { controller, going };
        const { signal } = controller;
        const run = { send, signal, mayGo: () => going.promise };
        return void asStage(() => runJob(message.job, experiments, run));
      }
      case "go":
        return underWay?.going.resolve();
      case "drop":
        return underWay?.going.reject(new Error("an input was made again"));
      case "abort":
        return underWay?.controller.abort(revived(message.reason));
    }
  };
  const read = frameReader((bytes) => take(messageOfBytes<ToWorker>(bytes)));
  for await (const bytes of Deno.stdin.readable) read(bytes);
}

if (import.meta.main) {
  // Not awaited: a stage that runs an experiment in workers of its own imports this module, and would wait for its end.
  serve().then(() => Deno.exit()); // whatever a stage has left behind
}
