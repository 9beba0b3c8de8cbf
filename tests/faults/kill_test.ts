/** Runs that are killed anywhere, 500 of them; `deno run -A tests/faults/kill.ts --times N --seed S` kills any number. */
import { assertEquals } from "@std/assert";
import { campaignText, killRuns } from "./kill.ts";

const SEED = Number(Deno.env.get("CAIRN_SEED") ?? Date.now() % 1_000_000);

Deno.test(`after each of 500 kills a plain rerun ends as on an empty cache (seed ${SEED})`, async () => {
  const campaign = await killRuns({ times: 500, seed: SEED });
  assertEquals(campaign.failures, [], campaignText(campaign, SEED));
});
