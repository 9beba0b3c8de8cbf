/**
 * Runs that are killed anywhere, 500 of them: the same ones each time, but for those at random times.
 * `deno task faults --times N --seed S` kills any number.
 */
import { assertEquals } from "@std/assert";
import { campaignText, killRuns } from "./kill.ts";

const SEED = Number(Deno.env.get("CAIRN_SEED") ?? 1);

Deno.test(`after each of 500 kills a plain rerun ends as on an empty cache (seed ${SEED})`, async () => {
  const campaign = await killRuns({ times: 500, seed: SEED });
  assertEquals(campaign.failures, [], campaignText(campaign, SEED));
});
