/**
 * What lies in a folder.
 *
 * @module
 */

/**
 * Lists a folder, hidden files too.
 *
 * @param dir The folder; it need not be there.
 * @param above What each path begins with.
 * @returns The paths of all below it, sorted by code unit; folders end with a slash.
 */
export function tree(dir: string, above = ""): string[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(dir)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? [`${above}${name}/`, ...tree(`${dir}/${name}`, `${above}${name}/`)] : [`${above}${name}`]
  ).sort();
}
