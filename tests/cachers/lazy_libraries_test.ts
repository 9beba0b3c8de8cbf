/** What reads and writes Arrow and Parquet is loaded when a table is, and not before. */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const HEAVY = ["@uwdata/flechette", "hyparquet", "hyparquet-writer", "lz4js"];

interface Graph {
  readonly roots: readonly string[];
  readonly redirects: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** All that is evaluated when a module is imported. */
async function evaluated(module: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fromFileUrl(import.meta.resolve(`../../${module}`))],
  }).output();
  const { roots, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const met = new Set<string>(roots);
  for (const specifier of met) {
    for (
      const { code, isDynamic } of modules.find((each) => each.specifier === specifier)?.dependencies ?? []
    ) {
      if (code !== undefined && isDynamic !== true) met.add(code.specifier);
    }
  }
  return [...met];
}

for (const module of ["mod.ts", "cachers/mod.ts", "cachers/arrow.ts", "cachers/parquet.ts"]) {
  Deno.test(`${module} loads no library of tables`, async () => {
    const all = await evaluated(module);
    assertEquals(
      all.filter((specifier) =>
        HEAVY.some((name) => specifier.includes(`/${name}@`) || specifier.startsWith(`npm:${name}@`))
      ),
      [],
    );
    assertEquals(all.some((specifier) => specifier.endsWith("/core/define/own_save.ts")), true);
  });
}

Deno.test("mod.ts and cachers/mod.ts load none of the modules that use them", async () => {
  for (const module of ["mod.ts", "cachers/mod.ts"]) {
    const all = await evaluated(module);
    assertEquals(all.filter((specifier) => /\/(arrow|parquet)(_format)?\.ts$/.test(specifier)), []);
  }
});
