/**
 * Cachers with no stage, record or workspace: a value at a path, with or without metadata beside it.
 *
 * ```sh
 * deno run --allow-read=. --allow-write=data examples/inline.ts
 * ```
 *
 * @module
 */
import { at, loadFrom, readMetadata, saveAs } from "@cairn/cairn";
import { csvCacher, jsonCacher } from "@cairn/cairn/cachers";

interface Trial {
  id: bigint;
  day: Date;
  score: number | null;
}

const trials: Trial[] = [
  { id: 9007199254740993n, day: new Date("2026-01-31"), score: 0.5 },
  { id: 9007199254740995n, day: new Date("2026-02-01"), score: null },
];

export async function main(dir: string) {
  // With metadata: the columns' types are in it, so dates and bigints come back as what they were.
  const path = `${dir}/tables/trials.csv`;
  await saveAs(path, csvCacher<Trial>(), trials);
  const loaded = await loadFrom(path, csvCacher<Trial>());
  const metadata = await readMetadata(path);

  // Without: just a file, for a colleague or another program. Another cacher may be used in this way too.
  await jsonCacher().save({ trials: trials.length }, at(`${dir}/count.json`));
  const count = await jsonCacher<{ trials: number }>().load(at(`${dir}/count.json`));

  return { loaded, columns: metadata.extra.columns, sha256: metadata.files[0]?.sha256, count };
}

if (import.meta.main) console.log(await main("data"));
