/**
 * The command line: `deno run cli.ts run examples/penguins.ts`.
 *
 * @module
 */
import { main } from "./core/cli/main.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));
