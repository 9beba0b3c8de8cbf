/**
 * The table of edits, where the edit is an upgrade of a package.
 *
 * @module
 */
import { packages } from "./rows/packages.ts";
import { checkTable } from "./table.ts";

Deno.test({
  name: "edits: packages",
  sanitizeOps: false, // rows run two at a time
  sanitizeResources: false,
  fn: async (t) => {
    const { table, registry } = await packages();
    try {
      await checkTable(t, table);
    } finally {
      await registry.close();
      await forget(new URL(registry.url).port);
    }
  },
});

/** Removes what Deno keeps of the registry, which will never be there again. */
async function forget(port: string): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  for (const { name } of Deno.readDirSync(npmCache)) {
    if (name.endsWith(port)) Deno.removeSync(`${npmCache}/${name}`, { recursive: true });
  }
}
