/**
 * Large values of three sorts: 200 MB of doubles, 200 MB of bytes, 100 MB of JSON.
 *
 * @module
 */

/** The sorts. */
export const SORTS = ["float64", "uint8", "json"] as const;

/** One of the sorts. */
export type Sort = typeof SORTS[number];

/** Gives the same numbers from 0 to 1 each time that the program runs. */
function numbers(): () => number {
  let state = 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/**
 * Makes a value.
 *
 * @param sort Its sort.
 * @returns The value.
 */
export function largeValue(sort: Sort): unknown {
  const next = numbers();
  if (sort === "uint8") {
    const bytes = new Uint8Array(200_000_000);
    for (let i = 0; i < bytes.length; i++) bytes[i] = i * 31;
    return bytes;
  }
  if (sort === "float64") {
    const array = new Float64Array(25_000_000);
    for (let i = 0; i < array.length; i++) array[i] = next();
    return array;
  }
  return {
    title: "rows of several types",
    rows: Array.from({ length: 250_000 }, (_, i) => ({
      id: i,
      name: `row ${i} of many`,
      score: next(),
      tags: ["a", "bb", `t${i % 100}`],
      nested: { x: next(), y: -next() * 1000, ok: i % 2 === 0, none: null },
      list: [next(), next(), i],
    })),
  };
}
