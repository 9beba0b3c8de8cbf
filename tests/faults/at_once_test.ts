/** Eight processes at once, 20 rounds of each sort, or as many as CAIRN_ROUNDS says. */
import { assertEquals } from "@std/assert";
import { playRound, scenarios } from "./at_once.ts";

const ROUNDS = Number(Deno.env.get("CAIRN_ROUNDS") ?? "20");

for (const [i, { name }] of scenarios(0).entries()) {
  Deno.test(`eight processes at once, ${ROUNDS} rounds: ${name}`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      assertEquals(await playRound(scenarios(round)[i]!), [], `round ${round}`);
    }
  });
}
