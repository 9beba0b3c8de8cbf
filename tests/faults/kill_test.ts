/**
 * Runs that are killed anywhere, 100 of them, or as many as CAIRN_KILLS says: the same ones each time, but for those at
 * random times. `deno task faults --times 500 --seed S` kills other ones.
 */
import { assertEquals } from "@std/assert";
import { campaignText, killRuns } from "./kill.ts";

const KILLS = Number(Deno.env.get("CAIRN_KILLS") ?? 100);
const SEED = Number(Deno.env.get("CAIRN_SEED") ?? 1);

Deno.test(`after each of ${KILLS} kills a plain rerun ends as on an empty cache (seed ${SEED})`, async () => {
  const campaign = await killRuns({ times: KILLS, seed: SEED });
  assertEquals(campaign.failures, [], campaignText(campaign, SEED));
});
