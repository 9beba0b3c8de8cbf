/** The limit of an attempt where an executor has the inputs loaded elsewhere. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { executeAttempts } from "../../../core/run/attempts.ts";
import type { Executor, Job, JobResult } from "../../../core/run/executor.ts";
import type { LocatedInputs } from "../../../core/run/located_inputs.ts";

const RESULT: JobResult = { values: new Map(), saved: new Map() };
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function attempt(executor: Omit<Executor, "name">, timeout: number, loaded = () => {}): Promise<JobResult> {
  const located: LocatedInputs = { states: [], loaded, unloadable: (_, __, reason) => new Error(reason) };
  return executeAttempts({
    executor: { name: "elsewhere", ...executor },
    settings: { retries: 0, timeout, backoff: 0 },
    jobFor: (_, signal) => ({ signal, locate: () => located } as unknown as Job),
    signal: new AbortController().signal,
    isFinal: () => false,
    onRetry: () => {},
    discard: () => {},
  });
}

Deno.test("the clock starts when the inputs are loaded, and not before", async () => {
  let calls = 0;
  const result = await attempt(
    {
      execute: async (job) => {
        const { loaded } = job.locate();
        await wait(120);
        loaded();
        return RESULT;
      },
    },
    60,
    () => calls++,
  );
  assertStrictEquals(result, RESULT);
  assertEquals(calls, 1);
});

Deno.test("inputs that moved meanwhile start no clock", async () => {
  const moved = new Error("moved");
  const refused = () => {
    throw moved;
  };
  const error = await assertRejects(() =>
    attempt(
      {
        execute: (job) => {
          job.locate().loaded();
          return Promise.resolve(RESULT);
        },
      },
      60,
      refused,
    )
  );
  assertStrictEquals(error, moved);
});

Deno.test("one that is told to stop, and does not, is given up, and told that too", async () => {
  const told: string[] = [];
  const execute = (job: Job) => {
    job.locate().loaded();
    job.signal.addEventListener("abort", () => told.push("stop"));
    job.givenUp!.addEventListener("abort", () => told.push("given up"));
    return new Promise<never>(() => {});
  };
  await assertRejects(() => attempt({ execute, grace: 20 }, 10), Error, 'its "timeout" of 10 ms');
  assertEquals(told, ["stop", "given up"]);
});

Deno.test("within that grace a stage may yet say how it ended", async () => {
  const execute = async (job: Job) => {
    job.locate().loaded();
    await new Promise((resolve) => job.signal.addEventListener("abort", resolve));
    await wait(20);
    assertEquals(job.givenUp!.aborted, false);
    throw new RangeError("how it ended");
  };
  const error = await assertRejects(() => attempt({ execute, grace: 5000 }, 10), Error);
  assertEquals([error.message, (error.cause as Error).message], [
    'it took longer than its "timeout" of 10 ms',
    "how it ended",
  ]);
});
