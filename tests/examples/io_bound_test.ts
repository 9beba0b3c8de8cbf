/** Stages that wait: requests overlap, but for those of the stage that is held to one at a time. */
import { assert, assertEquals } from "@std/assert";
import { main, PAGES } from "../../examples/io_bound.ts";
import { inTempDir } from "./temp_dir.ts";

Deno.test("downloads overlap, uploads come one at a time", async () => {
  // The first download is answered when a second one is there, the first upload when every download was asked for: by
  // then a second upload has begun, unless something holds it. So what is asserted doesn't depend on any duration; the
  // deadline only turns a wait that would never end into a failure.
  const deadline = Promise.withResolvers<void>();
  const timer = setTimeout(deadline.resolve, 20_000);
  const two = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let downloads = 0;
  const work = async (service: "download" | "upload") => {
    if (service === "download") {
      if (++downloads === 2) two.resolve();
      if (downloads === PAGES) all.resolve();
    }
    await Promise.race([service === "download" ? two.promise : all.promise, deadline.promise]);
  };
  try {
    await inTempDir(async (dir) => {
      const first = await main(dir, work);
      assertEquals([first.executed, first.reused], [2 * PAGES, 0]);
      assertEquals(first.requests, { download: PAGES, upload: PAGES });
      assert(first.atOnce.download > 1, `at most ${first.atOnce.download} downloads at once`);
      assert(first.atOnce.download <= 4, `${first.atOnce.download} downloads at once`);
      assertEquals(first.atOnce.upload, 1);

      // Another server, at another port: what is in the cache is not asked for again.
      const second = await main(dir, work);
      assertEquals([second.executed, second.reused], [0, 2 * PAGES]);
      assertEquals(second.requests, { download: 0, upload: 0 });
    });
  } finally {
    clearTimeout(timer);
  }
});
