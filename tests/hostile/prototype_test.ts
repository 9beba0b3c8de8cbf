/** No value poisons a prototype: `__proto__`, `constructor` and the like are keys as any other. */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { testIn } from "../core/run/helpers.ts";
import { tryPrototypes } from "./prototype_scenario.ts";

testIn(
  "keys that mean something to objects come back as they went, and prototypes stay as they were",
  tryPrototypes,
);

testIn("so they do where objects have the accessor __proto__", async (dir) => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--quiet",
      "--unstable-unsafe-proto",
      fromFileUrl(new URL("prototype_scenario.ts", import.meta.url)),
      dir,
    ],
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, out], [0, "nothing was poisoned\n"], err);
});
