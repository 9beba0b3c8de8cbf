/** Advisory locks, among handles and among processes. */
import { assert, assertEquals } from "@std/assert";
import {
  isHeld,
  type Lock,
  type LockAttempt,
  tryLock,
  waitForLock,
} from "../../../../core/store/disk/locks.ts";
import { withTempDir } from "../../../helpers/temp_dir.ts";
import { tree } from "../../../helpers/tree.ts";
import { startChild } from "../child.ts";

function held(attempt: LockAttempt): Lock {
  assert(typeof attempt !== "string", `wanted a lock, found ${attempt}`);
  return attempt;
}

Deno.test("a lock is busy for another handle until it is released, and leaves no file", async () => {
  await withTempDir((dir) => {
    const path = `${dir}/locks/deep/a`;
    const lock = held(tryLock(path));
    assertEquals(tryLock(path), "busy");
    assertEquals(tryLock(path), "busy");
    const other = held(tryLock(`${dir}/locks/deep/b`));
    lock.release();
    assertEquals(tree(dir), ["locks/", "locks/deep/", "locks/deep/b"]);
    const again = held(tryLock(path));
    assertEquals(tryLock(path), "busy");
    again.release();
    other.release();
    assertEquals(tree(dir), ["locks/", "locks/deep/"]);
  });
});

Deno.test("a file that is left over is no lock", async () => {
  await withTempDir((dir) => {
    Deno.writeTextFileSync(`${dir}/a`, "");
    held(tryLock(`${dir}/a`)).release();
    assertEquals(tree(dir), []);
  });
});

Deno.test("who holds a file that is no longer there holds nothing", async () => {
  await withTempDir((dir) => {
    const path = `${dir}/a`;
    const first = held(tryLock(path));
    Deno.removeSync(path);
    const second = held(tryLock(path));
    assertEquals(tryLock(path), "busy");
    first.release();
    second.release();
  });
});

Deno.test("who opened the file just before it was removed locks the file that others will open", async () => {
  await withTempDir((dir) => {
    const path = `${dir}/a`;
    const first = held(tryLock(path));
    const { openSync } = Deno;
    Deno.openSync = (...args) => {
      const file = openSync(...args);
      Deno.openSync = openSync;
      first.release();
      return file;
    };
    try {
      const second = held(tryLock(path));
      assertEquals(tree(dir), ["a"]);
      assertEquals(tryLock(path), "busy");
      second.release();
    } finally {
      Deno.openSync = openSync;
    }
  });
});

Deno.test("a lock that was released is held by nobody, whatever its file is called", async () => {
  await withTempDir((dir) => {
    const lock = held(tryLock(`${dir}/a`));
    Deno.linkSync(`${dir}/a`, `${dir}/b`);
    assertEquals(tryLock(`${dir}/b`), "busy");
    lock.release();
    held(tryLock(`${dir}/b`)).release();
  });
});

Deno.test("a lock that is a further name of another is busy for everybody, and outlives the other", async () => {
  await withTempDir(async (dir) => {
    const own = held(tryLock(`${dir}/own`));
    assertEquals(tree(dir), ["own"]);
    const first = held(own.also(`${dir}/locks/a`)); // its folder is made
    const second = held(own.also(`${dir}/locks/b`));
    assertEquals(Deno.statSync(`${dir}/locks/b`).ino, Deno.statSync(`${dir}/own`).ino);
    for (const name of ["a", "b"]) {
      assertEquals(own.also(`${dir}/locks/${name}`), "busy");
      assertEquals(tryLock(`${dir}/locks/${name}`), "busy");
      assertEquals(isHeld(`${dir}/locks/${name}`), true);
    }
    first.release();
    assertEquals(tree(dir), ["locks/", "locks/b", "own"]);
    held(tryLock(`${dir}/locks/a`)).release();
    own.release();
    assertEquals(tree(dir), ["locks/", "locks/b"]);
    assertEquals(tryLock(`${dir}/locks/b`), "busy");
    const child = startChild("lock", `${dir}/locks/b`);
    assertEquals(await child.said, "busy");
    await child.kill();
    second.release();
    assertEquals(tree(dir), ["locks/"]);
  });
});

Deno.test("what one that was killed held by several names is free for several others at once", async () => {
  await withTempDir((dir) => {
    Deno.mkdirSync(`${dir}/locks`);
    const dead = held(tryLock(`${dir}/dead`));
    for (const name of ["a", "b"]) Deno.linkSync(`${dir}/dead`, `${dir}/locks/${name}`);
    const own = held(tryLock(`${dir}/own`));
    assertEquals(own.also(`${dir}/locks/a`), "busy");
    dead.release();
    const [a, b] = ["a", "b"].map((name) => held(own.also(`${dir}/locks/${name}`)));
    assertEquals(own.also(`${dir}/locks/a`), "busy");
    for (const lock of [a, b, own]) lock!.release();
    assertEquals(tree(dir), ["locks/"]);
  });
});

Deno.test("who opened a name just before it was given up holds nothing by the file's other names", async () => {
  await withTempDir((dir) => {
    const own = held(tryLock(`${dir}/own`));
    const first = held(own.also(`${dir}/a`));
    Deno.linkSync(`${dir}/own`, `${dir}/other`); // the file itself stays
    const { openSync } = Deno;
    Deno.openSync = (...args) => {
      const file = openSync(...args);
      Deno.openSync = openSync;
      first.release();
      own.release(); // as if it was killed
      return file;
    };
    try {
      const second = held(tryLock(`${dir}/a`));
      assertEquals(tree(dir), ["a", "other"]);
      assertEquals(tryLock(`${dir}/a`), "busy");
      second.release();
    } finally {
      Deno.openSync = openSync;
    }
  });
});

Deno.test("where the file system knows no hard links, each lock has a file of its own", async () => {
  await withTempDir((dir) => {
    const { linkSync } = Deno;
    const own = held(tryLock(`${dir}/own`));
    Deno.linkSync = () => {
      throw new Deno.errors.NotSupported("Operation not supported (os error 95)");
    };
    try {
      const lock = held(own.also(`${dir}/a`));
      assert(Deno.statSync(`${dir}/a`).ino !== Deno.statSync(`${dir}/own`).ino);
      assertEquals(own.also(`${dir}/a`), "busy");
      lock.release();
      assertEquals(tree(dir), ["own"]);
    } finally {
      Deno.linkSync = linkSync;
    }
    own.release();
  });
});

Deno.test("who waits gets it when it is released, one at a time", async () => {
  await withTempDir(async (dir) => {
    let inside = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 8 }, async () => {
      const lock = await waitForLock(`${dir}/a`);
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside--;
      lock?.release();
    }));
    assertEquals(most, 1);
    assertEquals(tree(dir), []);
  });
});

Deno.test("a lock of a process that was killed is free again", async () => {
  await withTempDir(async (dir) => {
    const child = startChild("lock", `${dir}/a`);
    try {
      assertEquals(await child.said, "held");
      assertEquals(tryLock(`${dir}/a`), "busy");
    } finally {
      await child.kill();
    }
    assertEquals(tree(dir), ["a"]);
    held(tryLock(`${dir}/a`)).release();
    assertEquals(tree(dir), []);
  });
});

Deno.test("where the file system knows no locks, no file of one is left", async () => {
  await withTempDir(async (dir) => {
    const { openSync } = Deno;
    Deno.openSync = (path, options) =>
      Object.assign(openSync(path, options), {
        tryLockSync: () => {
          throw new Deno.errors.NotSupported("Operation not supported (os error 95)");
        },
      });
    try {
      assertEquals(tryLock(`${dir}/a`), "unsupported");
      assertEquals(await waitForLock(`${dir}/b`), undefined);
      assertEquals(tree(dir), []);
    } finally {
      Deno.openSync = openSync;
    }
  });
});
