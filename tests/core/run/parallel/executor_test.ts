/** The executor by itself: jobs that are dropped, told to stop, given up, and more of them than workers. */
import { assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { join } from "@std/path";
import type { Job } from "../../../../core/run/executor.ts";
import { parallelExecutor } from "../../../../core/run/parallel/parallel_executor.ts";
import jobs, { pids } from "../../../fixtures/parallel/jobs.ts";
import { isFile, until } from "../../cli/helpers.ts";
import { testIn } from "../helpers.ts";
import { isAlive } from "./helpers.ts";

/** A job of the fixture's stage, in a folder. */
function jobIn(dir: string, how: string, more: Partial<Job> = {}): Job {
  const { description } = jobs.procedures[0]!.stages[0]!;
  const [staged, final] = [join(dir, "staged"), join(dir, "final")];
  Deno.mkdirSync(staged, { recursive: true });
  const at = (root: string) => ({ dir: root, base: how, main: ".json", files: join(root, how) });
  return {
    description,
    experiment: "jobs",
    procedure: null,
    inputs: () => Promise.reject(new Error("they are loaded elsewhere")),
    locate: () => ({
      states: [{ params: { how, dir }, inputs: {} }],
      loaded: () => {},
      unloadable: (_, __, reason) => new Error(reason),
    }),
    outputs: [{ name: "pid", cacher: pids, place: at(staged), final: at(final) }],
    files: { staged: join(staged, how), final: join(final, how) },
    record: { name: how, index: 0 },
    signal: new AbortController().signal,
    log: () => {},
    strict: false,
    reads: [],
    changedCode: () => undefined,
    ...more,
  };
}

async function withExecutor(
  workers: number,
  use: (executor: ReturnType<typeof parallelExecutor>) => Promise<void>,
  fixture = "jobs",
): Promise<void> {
  const module = new URL(`../../../fixtures/parallel/${fixture}.ts`, import.meta.url).href;
  const executor = parallelExecutor({ workers, module });
  try {
    await use(executor);
  } finally {
    await executor.close!();
  }
}

const pidOf = (path: string) => Number(Deno.readTextFileSync(path));

testIn(
  "what is saved lies in staging, and no value of it comes back; workers are used again",
  async (dir) => {
    await withExecutor(2, async (executor) => {
      assertEquals([executor.name, executor.concurrency], ["parallel", 2]);
      const hows = ["a", "b", "c", "d", "e"];
      const results = await Promise.all(hows.map((how) => executor.execute(jobIn(dir, how))));
      for (const { values, saved } of results) assertEquals([values.size, [...saved.keys()]], [0, ["pid"]]);
      const used = hows.map((how) => pidOf(join(dir, "staged", `${how}.json`)));
      assertEquals(new Set(used).size, 2, "of five jobs at once, three waited");
      await executor.close!();
      assertEquals(used.filter(isAlive), []);
      await executor.execute(jobIn(dir, "f"));
      assertEquals(
        used.includes(pidOf(join(dir, "staged", "f.json"))),
        false,
        "closed, it may be used again",
      );
    });
  },
);

testIn(
  "inputs that were made again meanwhile: the stage does not run, and its worker goes on",
  async (dir) => {
    await withExecutor(1, async (executor) => {
      const moved = new Error("moved");
      const locate = () => ({
        ...jobIn(dir, "moved").locate(),
        loaded: () => {
          throw moved;
        },
      });
      assertStrictEquals(await assertRejects(() => executor.execute(jobIn(dir, "moved", { locate }))), moved);
      assertEquals(isFile(join(dir, "moved.started")), false);
      await executor.execute(jobIn(dir, "after"));
    });
  },
);

testIn(
  "a stage that heeds its signal ends with the very reason; one that is given up is killed",
  async (dir) => {
    await withExecutor(1, async (executor) => {
      const stop = new AbortController();
      const heeding = executor.execute(jobIn(dir, "heed", { signal: stop.signal }));
      await until("the stage", () => isFile(join(dir, "heed.started")));
      const reason = new DOMException("enough", "TimeoutError");
      stop.abort(reason);
      assertStrictEquals(await assertRejects(() => heeding), reason);
      const worker = pidOf(join(dir, "heed.started"));
      assertEquals(isAlive(worker), true);

      const [told, gone] = [new AbortController(), new AbortController()];
      const endless = executor.execute(
        jobIn(dir, "loop", { signal: told.signal, givenUp: gone.signal }),
      );
      await until("the stage", () => isFile(join(dir, "loop.started")));
      assertEquals(pidOf(join(dir, "loop.started")), worker);
      told.abort();
      gone.abort();
      await assertRejects(() => endless, Error, "its worker process was ended by SIGKILL");
      assertEquals(isAlive(worker), false);
      await executor.execute(jobIn(dir, "after"));
    });
  },
);

testIn("what a stage has left running logs for no other; what takes the log may throw", async (dir) => {
  await withExecutor(1, async (executor) => {
    const said: string[] = [];
    await executor.execute(jobIn(dir, "stray"));
    await executor.execute(jobIn(dir, "log", { log: (message) => said.push(message) }));
    assertEquals(said, ["a word"]);
    const wrong = new Error("of whoever takes it");
    const log = () => {
      throw wrong;
    };
    assertStrictEquals(await assertRejects(() => executor.execute(jobIn(dir, "log", { log }))), wrong);
    await executor.execute(jobIn(dir, "after"));
  });
});

testIn("a stage may run an experiment in workers of its own", async (dir) => {
  await withExecutor(1, async (executor) => {
    await executor.execute(jobIn(dir, "nested"));
    assertNotEquals(pidOf(join(dir, "inner.started")), pidOf(join(dir, "nested.started")));
  });
});

testIn(
  "what a module runs by itself once it is loaded is refused, and said to be the reason",
  async (dir) => {
    await withExecutor(1, async (executor) => {
      await assertRejects(
        () => executor.execute(jobIn(dir, "a")),
        Error,
        "as nothing caught an error of the stage, or of what one before it left running: Cannot run anything just because",
      );
    }, "unguarded");
  },
);

testIn(
  "a run that ends leaves the workers to another that is at work with the same executor",
  async (dir) => {
    await withExecutor(1, async (executor) => {
      const stop = new AbortController();
      const heeding = executor.execute(jobIn(dir, "heed", { signal: stop.signal }));
      await until("the stage", () => isFile(join(dir, "heed.started")));
      await executor.close!();
      const reason = new Error("enough");
      stop.abort(reason);
      assertStrictEquals(await assertRejects(() => heeding), reason);
      await until("the end of the worker", () => !isAlive(pidOf(join(dir, "heed.started"))));
    });
  },
);
