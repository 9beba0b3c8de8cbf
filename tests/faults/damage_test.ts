/** Whatever befalls any file on disk: a miss with a warning, or an error that says so, and never a wrong value. */
import { assert } from "@std/assert";
import { campaignOf } from "./campaign.ts";

Deno.test("each file is damaged in each way in turn: nothing false is handed on, and a rerun mends all", async () => {
  const every = Deno.env.get("CAIRN_EVERY") ?? "3";
  const done = await campaignOf("damage_child.ts", (part, parts) => [`${part}`, `${parts}`, every]);
  const cases = done.reduce((sum, each) => sum + Number(each.cases), 0);
  assert(cases > 700 / Number(every), `${cases} cases`);
});
