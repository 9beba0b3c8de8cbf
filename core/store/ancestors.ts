/**
 * The content digests of all that an artifact was made from, as they are kept in memory.
 *
 * @module
 */

/**
 * A name, its digest, the next name, its digest, and so on.
 *
 * The names of ancestors are those of artifacts: no two artifacts have the same, and an object of them would be of a
 * shape of its own. Of thousands, the shapes take several times the memory of what is in them.
 */
export type Ancestors = readonly string[];

/**
 * Ancestors as they are in memory.
 *
 * @param record Their digests by name, as metadata has them.
 * @returns The same as a list.
 */
export function ancestorList(record: Readonly<Record<string, string>>): string[] {
  const list: string[] = [];
  for (const name of Object.keys(record)) list.push(name, record[name]!); // those of a prototype are none of its own
  return list;
}

/**
 * Ancestors as metadata has them.
 *
 * @param list The list.
 * @returns Digests by name.
 */
export function ancestorRecord(list: Ancestors): Record<string, string> {
  const record: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) record[list[i]!] = list[i + 1]!;
  return record;
}
