/**
 * Eight processes at once: three rounds of each sort, and of that in which one is killed a round for each place; or as
 * many as CAIRN_ROUNDS says.
 */
import { assertEquals } from "@std/assert";
import { PLACES, playRound, scenarios } from "./at_once.ts";

for (const [i, { name, processes }] of scenarios(0).entries()) {
  const isKilling = processes.some(({ hang }) => hang !== undefined);
  const rounds = Number(Deno.env.get("CAIRN_ROUNDS") ?? (isKilling ? PLACES.length : 3));
  Deno.test(`eight processes at once, ${rounds} rounds: ${name}`, async () => {
    for (let round = 0; round < rounds; round++) {
      assertEquals(await playRound(scenarios(round)[i]!), [], `round ${round}`);
    }
  });
}
