/** The flagship: its stages by themselves, and the whole of it, twice. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { runExperiment, valueOf } from "@cairn/cairn";
import penguinsExperiment, { clean, compare, fit, load, score, split } from "../../examples/penguins.ts";
import { artifactsIn, inTempDir, metadataFilesIn } from "./temp_dir.ts";

const { raw } = await load({});
const { penguins } = await clean({ raw });

// Counted in the file itself: of 344 rows 2 have no measurements and no sex, 8 more no sex, and 1 has the sex ".".
Deno.test("clean drops the 11 rows that lack a measurement or the sex", () => {
  assertEquals(raw.length, 344);
  assertEquals(penguins.length, 333);
  const species = Map.groupBy(penguins, (penguin) => penguin.Species);
  assertEquals([...species].map(([name, { length }]) => [name, length]), [
    ["Adelie", 146],
    ["Chinstrap", 68],
    ["Gentoo", 119],
  ]);
  assertEquals(new Set(penguins.map(({ Sex }) => Sex)), new Set(["MALE", "FEMALE"]));
});

Deno.test("clean says how many it dropped", async () => {
  const messages: string[] = [];
  const never = () => "";
  const { signal } = new AbortController();
  const record = { name: "a", index: 0 };
  await clean({ raw }, { log: (message) => messages.push(message), path: never, dir: never, signal, record });
  assertEquals(messages, ["dropped 11 of 344 rows: no measurements, or no sex"]);
});

Deno.test("split gives each penguin to one part, by the seed alone", async () => {
  const one = await split({ penguins, params: { seed: 1 } });
  assertEquals([one.train.length, one.test.length], [250, 83]);
  assertEquals(new Set([...one.train, ...one.test]), new Set(penguins));
  assertEquals(await split({ penguins, params: { seed: 1 } }), one);
  assertNotEquals(await split({ penguins, params: { seed: 2 } }), one);
});

Deno.test("one nearest neighbour knows every penguin that it was trained with", async () => {
  const { model } = await fit({ train: penguins, params: { method: "knn", k: 1 } });
  const { accuracy, confusion } = await score({ model, test: penguins });
  assertEquals(accuracy, 1);
  assertEquals(confusion.filter(({ count }) => count > 0), [
    { actual: "Adelie", predicted: "Adelie", count: 146 },
    { actual: "Chinstrap", predicted: "Chinstrap", count: 68 },
    { actual: "Gentoo", predicted: "Gentoo", count: 119 },
  ]);
});

Deno.test("centroids are moved by the threshold, and not past 0", async () => {
  const at = async (shrink: number) => {
    const { model } = await fit({ train: penguins, params: { method: "centroid", shrink } });
    return model.points.map(({ position }) => position);
  };
  const plain = await at(0);
  assertEquals(plain.length, 3);
  const expected = plain.map((position) =>
    position.map((x) => Math.abs(x) <= 0.5 ? 0 : x > 0 ? x - 0.5 : x + 0.5)
  );
  assertEquals(await at(0.5), expected);
  assert(expected.flat().includes(0), "no coordinate is small enough to try it");
});

Deno.test("the second run of the experiment executes nothing", async () => {
  await inTempDir(async (dir) => {
    const first = await runExperiment(penguinsExperiment, { dir });
    assertEquals(first.errors, []);
    assertEquals(first.records.length, 15);
    // load and clean once, split once a seed, fit and score once a record, and the aggregate.
    assertEquals([first.executed, first.reused], [1 + 1 + 3 + 15 + 15 + 1, 14 + 14 + 12]);
    const listing = {
      "models/penguins_KEY_fit_model.json": 15,
      "penguins_KEY_clean_penguins.csv": 1,
      "penguins_KEY_load_raw.csv": 1,
      "penguins_KEY_score_accuracy.json": 15,
      "penguins_KEY_score_confusion.csv": 15,
      "penguins_KEY_split_test.csv": 3,
      "penguins_KEY_split_train.csv": 3,
      "results/penguins_KEY_compare_ranking.csv": 1,
    };
    assertEquals(artifactsIn(`${dir}/cache`), listing);
    assertEquals(metadataFilesIn(`${dir}/cache`), 54);

    const second = await runExperiment(penguinsExperiment, { dir });
    assertEquals([second.executed, second.reused, second.failed, second.skipped], [0, 76, 0, 0]);
    assertEquals(artifactsIn(`${dir}/cache`), listing);
    const [record] = second.records;
    assertEquals(await valueOf(record!, clean, "penguins"), penguins);
  });
});

Deno.test("in worker processes it comes to the same ranking", async () => {
  const module = import.meta.resolve("../../examples/penguins.ts");
  const ranked = async (options: { parallel?: number }) => {
    let ranking: unknown;
    await inTempDir(async (dir) => {
      const result = await runExperiment(penguinsExperiment, { dir, module, ...options });
      assertEquals([result.errors, result.executed], [[], 36]);
      ranking = await valueOf(result.aggregates[0]!, compare, "ranking");
    });
    return ranking;
  };
  assertEquals(await ranked({ parallel: 2 }), await ranked({}));
});

Deno.test("the ranking is that of the records' accuracies", async () => {
  await inTempDir(async (dir) => {
    const { records, aggregates } = await runExperiment(penguinsExperiment, { dir });
    const ranking = await valueOf(aggregates[0]!, compare, "ranking");
    assertEquals(ranking.map(({ classifier }) => classifier).toSorted(), [
      "centroid with shrink=0",
      "centroid with shrink=1",
      "knn with k=1",
      "knn with k=15",
      "knn with k=5",
    ]);
    const means = ranking.map(({ meanAccuracy }) => meanAccuracy);
    assertEquals(means, means.toSorted((a, b) => b - a));
    assert(means[0]! > 0.9, `the best has ${means[0]}`);

    const own = records.filter(({ params }) => params.k === 5);
    const accuracies = await Promise.all(own.map((record) => valueOf(record, score, "accuracy")));
    const row = ranking.find(({ classifier }) => classifier === "knn with k=5")!;
    assertEquals(row.seeds, 3);
    assertEquals(row.worstAccuracy, Math.min(...accuracies));
    assert(Math.abs(row.meanAccuracy - (accuracies[0]! + accuracies[1]! + accuracies[2]!) / 3) < 1e-12);

    // The file that a person opens.
    const file = aggregates[0]!.stages[0]!.artifacts.ranking!;
    const [header, ...lines] = (await Deno.readTextFile(file)).trimEnd().split("\r\n");
    assertEquals(header, "classifier,meanAccuracy,worstAccuracy,seeds");
    assertEquals(lines.length, 5);
  });
});

Deno.test("another value of k computes its own records and the ranking, nothing else", async () => {
  await inTempDir(async (dir) => {
    await runExperiment(penguinsExperiment, { dir });
    const params = [{ method: "knn", k: 5, seed: 1 }, { method: "knn", k: 7, seed: 1 }];
    const { executed, records, aggregates } = await runExperiment(penguinsExperiment, { dir, params });
    assertEquals(executed, 3);
    assertEquals(records.map(({ stages }) => stages.map(({ verdict }) => verdict)), [
      ["reused", "reused", "reused", "reused", "reused"],
      ["reused", "reused", "reused", "executed", "executed"],
    ]);
    assertEquals(aggregates[0]!.stages[0]!.verdict, "executed");
  });
});
