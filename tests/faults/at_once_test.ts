/** Eight processes at once: five rounds of each sort, so that one is killed at each place, or as many as CAIRN_ROUNDS says. */
import { assertEquals } from "@std/assert";
import { playRound, scenarios } from "./at_once.ts";

const ROUNDS = Number(Deno.env.get("CAIRN_ROUNDS") ?? "5");

for (const [i, { name }] of scenarios(0).entries()) {
  Deno.test(`eight processes at once, ${ROUNDS} rounds: ${name}`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      assertEquals(await playRound(scenarios(round)[i]!), [], `round ${round}`);
    }
  });
}
