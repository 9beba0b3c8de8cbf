/** As often as a stage says: retries, the limit of one attempt, and what ends them. */
import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { executeAttempts } from "../../../core/run/attempts.ts";
import type { Job, JobResult } from "../../../core/run/executor.ts";

type Attempts = Parameters<typeof executeAttempts>[0];
type Execute = Attempts["executor"]["execute"];

const RESULT: JobResult = { values: new Map([["a", 1]]), saved: new Map() };
const never = () => new Promise<never>(() => {});
/** Lets all that is due have its turn: what a promise set going, then timers of no length. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A test that no timer outlives. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

/** Runs attempts of an executor, and writes down all that they do. */
function trying(
  execute: Execute,
  {
    signal = new AbortController().signal,
    inputs,
    isFinal = () => false,
    discard,
    onRetry,
    drain,
    ...settings
  }:
    & Partial<Attempts["settings"]>
    & Partial<Pick<Attempts, "signal" | "isFinal" | "discard" | "onRetry" | "drain">>
    & { readonly inputs?: () => Promise<unknown> } = {},
) {
  const told: string[] = [];
  const jobs: Job[] = [];
  const discarded: Job[] = [];
  const jobFor = (attempt: number, signal: AbortSignal): Job => {
    told.push(`attempt ${attempt}`);
    const job = {
      inputs: inputs ?? (() => Promise.resolve("state")),
      signal,
      log: (message: string) => told.push(`log ${message}`),
    } as unknown as Job;
    jobs.push(job);
    return job;
  };
  const result = executeAttempts({
    executor: {
      name: "test",
      // What inputs come to counts for the clock, and so each of these asks for them.
      execute: async (job) => {
        await job.inputs();
        return await execute(job);
      },
    },
    settings: { retries: 0, timeout: undefined, backoff: 0, ...settings },
    jobFor,
    signal,
    isFinal,
    onRetry: (event) => {
      const { attempt, of, error, wait } = event;
      told.push(`${attempt} of ${of}: ${error instanceof Error ? error.message : error}, wait ${wait}`);
      onRetry?.(event);
    },
    discard: (job) => {
      discarded.push(job);
      discard?.(job);
    },
    ...(drain === undefined ? {} : { drain }),
  });
  return { result, told, jobs, discarded };
}

/** Fails as often as there are messages, then succeeds. */
function failing(...messages: readonly string[]): Execute {
  const left = [...messages];
  return () => left.length === 0 ? Promise.resolve(RESULT) : Promise.reject(new Error(left.shift()));
}

/** Does something while the clock, though not the timers, shows what it is told to. */
async function withClock(work: (clock: { now: number }) => Promise<void>): Promise<void> {
  const { now } = performance;
  const clock = { now: 0 };
  performance.now = () => clock.now;
  try {
    await work(clock);
  } finally {
    performance.now = now;
  }
}

/** Holds the event loop until a time has gone by for sure. */
function block(milliseconds: number): void {
  for (const start = performance.now(); performance.now() - start < milliseconds;);
}

test("with no retries and no limit, the executor gets the very job, with the run's own signal", async () => {
  const { signal } = new AbortController();
  let got: Job | undefined;
  const { result, jobs, discarded, told } = trying((job) => {
    got = job;
    return Promise.resolve(RESULT);
  }, { signal });
  assertStrictEquals(await result, RESULT);
  assertStrictEquals(got, jobs[0]);
  assertStrictEquals(got!.signal, signal);
  assertEquals([told, discarded.length], [["attempt 1"], 0]);
});

test("with no retries, what was thrown is thrown on as it is", async () => {
  const thrown = new Error("broken");
  const { result, discarded, jobs } = trying(() => Promise.reject(thrown));
  assertStrictEquals(await assertRejects(() => result, Error), thrown);
  assertEquals(discarded, jobs);
});

test("an executor that throws before it gives a promise is one that fails", async () => {
  let calls = 0;
  const signal = new AbortController().signal;
  const result = executeAttempts({
    executor: {
      name: "rash",
      execute: () => {
        calls++;
        throw new Error("at once");
      },
    },
    settings: { retries: 1, timeout: 60_000, backoff: 0 },
    jobFor: (_, signal) => ({ signal }) as Job,
    signal,
    isFinal: () => false,
    onRetry: () => {},
    discard: () => {},
  });
  await assertRejects(() => result, Error, "at once (attempt 2 of 2)");
  assertEquals(calls, 2);
});

test("a failure is tried again with a job of its own, after what it left is gone", async () => {
  const { result, told, jobs, discarded } = trying(failing("one", "two"), { retries: 3 });
  assertStrictEquals(await result, RESULT);
  assertEquals(told, ["attempt 1", "1 of 4: one, wait 0", "attempt 2", "2 of 4: two, wait 0", "attempt 3"]);
  assertEquals(discarded, jobs.slice(0, 2));
  assertEquals(new Set(jobs).size, 3);
});

test("when the last attempt fails, its error is thrown, with how many there were", async () => {
  const { result, told } = trying(failing("one", "two", "three"), { retries: 2 });
  const error = await assertRejects(() => result, Error);
  assertEquals(error.message, "three (attempt 3 of 3)");
  assertEquals((error.cause as Error).message, "three");
  assertEquals(told.length, 5);
});

test("what is no error object can be thrown too", async () => {
  const { result } = trying(() => Promise.reject("text"), { retries: 1 });
  assertEquals((await assertRejects(() => result, Error)).message, "text (attempt 2 of 2)");
});

test("the wait doubles before each next retry, and none comes after the last", async () => {
  const { result, told } = trying(failing("a", "b", "c", "d"), { retries: 3, backoff: 1 });
  await assertRejects(() => result);
  assertEquals(told.filter((line) => line.includes("wait")), [
    "1 of 4: a, wait 1",
    "2 of 4: b, wait 2",
    "3 of 4: c, wait 4",
  ]);
});

test("an error that is no failure of the stage is thrown on at once", async () => {
  const moved = new Error("moved");
  const { result, told, discarded } = trying(() => Promise.reject(moved), {
    retries: 3,
    timeout: 60_000,
    isFinal: (error) => error === moved,
  });
  assertStrictEquals(await assertRejects(() => result, Error), moved);
  assertEquals([told, discarded.length], [["attempt 1"], 1]);
});

test("a job that can't be made is no failure of the stage", async () => {
  let calls = 0;
  const result = executeAttempts({
    executor: { name: "test", execute: () => Promise.resolve(RESULT) },
    settings: { retries: 3, timeout: undefined, backoff: 0 },
    jobFor: () => {
      calls++;
      throw new Error("no room");
    },
    signal: new AbortController().signal,
    isFinal: () => false,
    onRetry: () => {},
    discard: () => {},
  });
  assertEquals([(await assertRejects(() => result, Error)).message, calls], ["no room", 1]);
});

test("what can't be discarded hides no failure", async () => {
  const discard = () => {
    throw new Error("directory not empty");
  };
  const { result } = trying(failing("one", "two"), { retries: 1, discard });
  await assertRejects(() => result, Error, "two (attempt 2 of 2)");
});

test("when the run is stopped while it waits, it waits no longer, and tries no more", async () => {
  const run = new AbortController();
  const { result, told } = trying(failing("one"), {
    signal: run.signal,
    retries: 3,
    backoff: 3_600_000,
    onRetry: () => setTimeout(() => run.abort(), 1),
  });
  await assertRejects(() => result, Error, "one (attempt 1 of 4)");
  assertEquals(told, ["attempt 1", "1 of 4: one, wait 3600000"]);
});

test("when the run is stopped as it is told of a retry, there is none", async () => {
  const run = new AbortController();
  const options = { signal: run.signal, retries: 3, backoff: 3_600_000, onRetry: () => run.abort() };
  const { result, jobs } = trying(failing("one"), options);
  await assertRejects(() => result, Error, "one (attempt 1 of 4)");
  assertEquals(jobs.length, 1);
});

test("when the run is stopped during an attempt that fails, it is not tried again", async () => {
  const run = new AbortController();
  const execute = (job: Job) => {
    run.abort(new Error("stop"));
    return Promise.reject(job.signal.reason);
  };
  for (const timeout of [undefined, 60_000]) {
    const { result, told } = trying(execute, { signal: run.signal, retries: 3, timeout });
    await assertRejects(() => result, Error, "stop (attempt 1 of 4)");
    assertEquals(told, ["attempt 1"]);
  }
});

test("when the run is stopped, an attempt that goes well all the same counts", async () => {
  const run = new AbortController();
  const execute = () => {
    run.abort();
    return Promise.resolve(RESULT);
  };
  assertStrictEquals(
    await trying(execute, { signal: run.signal, retries: 3, timeout: 60_000 }).result,
    RESULT,
  );
});

test("when the run is to end, the attempt under way is not told to stop, and the last one", async () => {
  const drain = new AbortController();
  let wasStopped: boolean | undefined;
  const execute = (job: Job) => {
    drain.abort();
    wasStopped = job.signal.aborted;
    return Promise.reject(new Error("one"));
  };
  const { result, told } = trying(execute, { drain: drain.signal, retries: 3, timeout: 60_000 });
  await assertRejects(() => result, Error, "one (attempt 1 of 4)");
  assertEquals([wasStopped, told], [false, ["attempt 1"]]);
});

test("when the run is to end while it waits, it waits no longer", async () => {
  const drain = new AbortController();
  const options = { drain: drain.signal, retries: 3, backoff: 3_600_000 };
  const { result, jobs } = trying(failing("one"), {
    ...options,
    onRetry: () => setTimeout(() => drain.abort()),
  });
  await assertRejects(() => result, Error, "one (attempt 1 of 4)");
  assertEquals(jobs.length, 1);
});

test("an attempt that takes too long has failed at once, whether or not it heeds its signal", async () => {
  const { result, jobs, discarded } = trying(never, { timeout: 20 });
  const error = await assertRejects(() => result, Error);
  assertStringIncludes(error.message, 'it took longer than its "timeout" of 20 ms');
  assertEquals(discarded, jobs);
  assert(jobs[0]!.signal.aborted);
  assertEquals((jobs[0]!.signal.reason as Error).message, error.message);
});

test("the limit is told as people write it", async () => {
  await withClock(async (clock) => {
    const { result } = trying(() => {
      clock.now = 60_001;
      return Promise.resolve(RESULT);
    }, { timeout: 60_000 });
    const error = await assertRejects(() => result, Error);
    assertEquals(error.message, 'it took longer than its "timeout" of 1 min');
  });
});

test("an attempt that took too long is tried again, and each has the whole time", async () => {
  let calls = 0;
  const execute = () => ++calls < 3 ? never() : Promise.resolve(RESULT);
  const { result, told, jobs } = trying(execute, { timeout: 20, retries: 2 });
  assertStrictEquals(await result, RESULT);
  assertEquals(told.filter((line) => line.startsWith("attempt")), ["attempt 1", "attempt 2", "attempt 3"]);
  assertEquals(jobs.map(({ signal }) => signal.aborted), [true, true, false]);
});

test("the last of several that took too long says so", async () => {
  const { result } = trying(never, { timeout: 20, retries: 1 });
  await assertRejects(() => result, Error, "(attempt 2 of 2)");
});

test("what an attempt that was given up comes to in the end is nobody's", async () => {
  const late = [Promise.withResolvers<JobResult>(), Promise.withResolvers<JobResult>()];
  const left = [...late];
  const other: JobResult = { values: new Map(), saved: new Map() };
  const { result, jobs, discarded } = trying(
    () => left.shift()?.promise ?? Promise.resolve(other),
    { timeout: 20, retries: 2 },
  );
  assertStrictEquals(await result, other);
  late[0]!.resolve(RESULT);
  late[1]!.reject(new Error("a rejection that nobody handles would end the tests"));
  await turn();
  // Once when it was given up, and once when it came to its end: it may have gone on writing.
  assertEquals(discarded, [jobs[0], jobs[1], jobs[0], jobs[1]]);
});

test("what an attempt logs is told until it is given up, and no longer", async () => {
  const late = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { result, told } = trying(async ({ log, signal }) => {
    log("early");
    signal.addEventListener("abort", () => log("cleaning up"));
    await late.promise;
    log("late");
    ended.resolve();
    return RESULT;
  }, { timeout: 20 });
  await assertRejects(() => result, Error);
  late.resolve();
  await ended.promise;
  assertEquals(told, ["attempt 1", "log early", "log cleaning up"]);
});

test("one that heeds its signal is told of by the limit, with what it threw as the cause", async () => {
  const thrown = new DOMException("The operation was aborted", "AbortError");
  const execute = ({ signal }: Job) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(thrown)));
  const error = await assertRejects(() => trying(execute, { timeout: 20 }).result, Error);
  assertStringIncludes(error.message, 'its "timeout" of 20 ms');
  assertStrictEquals(error.cause, thrown);
});

test("one that throws what its signal gives is told of by that", async () => {
  const execute = ({ signal }: Job) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const { result, jobs } = trying(execute, { timeout: 20 });
  assertStrictEquals(await assertRejects(() => result, Error), jobs[0]!.signal.reason);
});

test("one that hands in a result when its signal fires was too late", async () => {
  const execute = ({ signal }: Job) =>
    new Promise<JobResult>((resolve) => signal.addEventListener("abort", () => resolve(RESULT)));
  await withClock(async () => { // that stands still: a timer and the clock need not agree to the millisecond
    const { result, discarded, jobs } = trying(execute, { timeout: 20 });
    await assertRejects(() => result, Error, 'its "timeout" of 20 ms');
    assertEquals(discarded, jobs);
  });
});

test("inputs that turn out to have moved when its signal fires are still no failure of the stage", async () => {
  const moved = new Error("moved");
  const execute = ({ signal }: Job) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(moved)));
  const isFinal = (error: unknown) => error === moved;
  const { result, told } = trying(execute, { timeout: 20, retries: 2, isFinal });
  assertStrictEquals(await assertRejects(() => result, Error), moved);
  assertEquals(told, ["attempt 1"]);
});

test("a loop that never yields is found too late, and the message says what would stop it", async () => {
  const execute = () => {
    block(200);
    return Promise.resolve(RESULT);
  };
  const { result, discarded, jobs } = trying(execute, { timeout: 20 });
  const error = await assertRejects(() => result, Error);
  assertStringIncludes(error.message, 'it took longer than its "timeout" of 20 ms');
  assertStringIncludes(error.message, "never yields");
  assertStringIncludes(error.message, "worker");
  assertEquals(discarded, jobs);
});

test("a loop that yields at last says the same", async () => {
  const execute = async () => {
    block(200);
    return await never();
  };
  const error = await assertRejects(() => trying(execute, { timeout: 20 }).result, Error);
  assertStringIncludes(error.message, "never yields");
});

test("what a loop that never yields throws by itself says more than its limit", async () => {
  const execute = () => {
    block(100);
    return Promise.reject(new Error("singular matrix"));
  };
  const error = await assertRejects(() => trying(execute, { timeout: 20 }).result, Error);
  assertEquals(error.message, "singular matrix");
});

test("loading the inputs does not count", async () => {
  const inputs = () => new Promise((resolve) => setTimeout(resolve, 200));
  let state: unknown = "none";
  const execute = (job: Job) => {
    state = job.signal.aborted;
    return Promise.resolve(RESULT);
  };
  assertStrictEquals(await trying(execute, { timeout: 100, inputs }).result, RESULT);
  assertEquals(state, false);
});

test("a limit and a wait longer than a timer can be are as long as they say", async () => {
  const month = 30 * 86_400_000;
  const execute = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return RESULT;
  };
  assertStrictEquals(await trying(execute, { timeout: month }).result, RESULT);
  for (const backoff of [month, Infinity]) {
    const run = new AbortController();
    let isOver = false;
    const { result, jobs } = trying(failing("one"), { retries: 1, backoff, signal: run.signal });
    const over = assertRejects(() => result).then(() => isOver = true);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assertEquals([isOver, jobs.length], [false, 1]);
    run.abort();
    await over;
  }
});

test("no listener stays on the run's signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  await trying(failing("one", "two"), { retries: 2, backoff: 1, timeout: 60_000, signal }).result;
  assertEquals(listeners, 0);
});
