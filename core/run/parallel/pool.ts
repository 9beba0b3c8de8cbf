/**
 * The workers of a run: started when they are first needed, used again, ended with the run.
 *
 * @module
 */
import { configFlags } from "./config_flags.ts";
import { type Needs, permissionFlags } from "./permission_flags.ts";
import { startWorker, type WorkerProcess } from "./worker_process.ts";
import { WORKER } from "./worker.ts";

/** Lends workers out. */
export interface Pool {
  /**
   * Lends a worker that is ready.
   *
   * @param needs What the job needs to be allowed.
   * @param check Looks at a worker that is new; where it throws, the worker is ended.
   * @returns The worker, and how to give it back: one that has ended is not lent again.
   * @throws {Error} If it can't be started.
   */
  readonly borrow: (needs: Needs, check: () => void) => Promise<Loan>;
  /** Ends all workers, and waits for that. */
  readonly close: () => Promise<void>;
}

/** A worker that was lent. */
export interface Loan {
  readonly worker: WorkerProcess;
  /** Gives it back. */
  readonly giveBack: () => void;
}

/** What a pool is made with. */
export interface PoolOptions {
  /** How many workers there are at most. */
  readonly workers: number;
  /** The module that defines the stages. */
  readonly module: string;
  /** More flags for Deno. */
  readonly flags: readonly string[];
  /** Takes what stages print on standard output. */
  readonly print: (bytes: Uint8Array) => void;
}

/** A worker, and the flags that it was started with. */
interface Member {
  readonly worker: WorkerProcess;
  readonly flags: string;
}

/** How often a worker is started anew that Ctrl-C has ended before it could see to that. */
const STARTS = 3;

/**
 * Makes a pool. Nothing is started yet.
 *
 * @param options What its workers are.
 * @returns The pool.
 */
export function makePool({ workers, module, flags, print }: PoolOptions): Pool {
  const all = new Set<Member>();
  const idle: Member[] = [];
  const waiting: (() => void)[] = [];
  const needed = { reads: new Set<string>(), writes: new Set<string>(), env: new Set<string>() };
  let known: readonly string[] | undefined;
  let taken = 0;
  const kill = () => {
    for (const { worker } of all) worker.kill();
  };
  const start = (args: readonly string[]): Member => {
    if (all.size === 0) globalThis.addEventListener("unload", kill); // twice Ctrl-C, or a script that ends
    const worker = startWorker({ args: [...args, WORKER, ...Deno.args], module, print });
    const member = { worker, flags: args.join("\0") };
    all.add(member);
    worker.ended.then(() => {
      all.delete(member);
      if (idle.includes(member)) idle.splice(idle.indexOf(member), 1);
      if (all.size === 0) globalThis.removeEventListener("unload", kill);
    });
    return member;
  };
  const started = async (args: readonly string[], check: () => void): Promise<Member> => {
    for (let starts = 1;; starts++) {
      const member = start(args);
      try {
        await member.worker.ready;
        check();
        return member;
      } catch (error) {
        member.worker.kill();
        const { signal } = await member.worker.ended;
        if (signal !== "SIGINT" || starts === STARTS) throw error;
      }
    }
  };
  const argsFor = (needs: Needs): readonly string[] => {
    for (const kind of ["reads", "writes", "env"] as const) {
      if (needs[kind].every((each) => needed[kind].has(each))) continue;
      for (const each of needs[kind]) needed[kind].add(each);
      known = undefined;
    }
    return known ??= makeArgs();
  };
  const makeArgs = () => {
    const { reads, writes, env } = needed;
    const allowed = permissionFlags(
      { reads: [...reads], writes: [...writes], env: [...env] },
      [module, WORKER],
    );
    return ["run", "--quiet", "--no-prompt", ...configFlags(), ...allowed, ...flags];
  };
  const borrow = async (needs: Needs, check: () => void): Promise<Loan> => {
    if (taken < workers) taken++;
    else await new Promise<void>((resolve) => waiting.push(resolve)); // whoever is done hands its place on
    const release = () => {
      const next = waiting.shift();
      if (next === undefined) taken--;
      else next();
    };
    try {
      const args = argsFor(needs);
      const wanted = args.join("\0");
      // One that may do less than is needed by now has had its time.
      for (const { worker } of idle.filter(({ flags }) => flags !== wanted)) worker.end();
      idle.splice(0, idle.length, ...idle.filter(({ flags }) => flags === wanted));
      const member = idle.pop() ?? await started(args, check);
      const giveBack = () => {
        if (all.has(member)) idle.push(member);
        release();
      };
      return { worker: member.worker, giveBack };
    } catch (error) {
      release();
      throw error;
    }
  };
  const close = async () => {
    const unused = new Set(idle.splice(0));
    await Promise.all([...all].map((member) => {
      if (unused.has(member)) return member.worker.end();
      member.worker.kill(); // what is still at something does it for nobody
      return member.worker.ended;
    }));
  };
  return { borrow, close };
}
