/**
 * Where a stage was defined: two modules may each define one of the same name, whose text is the same.
 *
 * @module
 */

/** An error keeps where it was made; V8 writes that out only when it is asked for. */
const sites = new WeakMap<object, Error>();

/**
 * Keeps where a stage is being defined.
 *
 * @param description The stage's description.
 * @returns The description.
 */
export function noteSite<D extends object>(description: D): D {
  sites.set(description, new Error("defined here"));
  return description;
}

/**
 * Whether this copy of Cairn defined a stage.
 *
 * @param description The stage's description.
 * @returns Whether it was noted here.
 */
export function isMade(description: object): boolean {
  return sites.has(description);
}

const OWN = new URL("./", import.meta.url).href;

/**
 * The module that defined a stage.
 *
 * @param description The stage's description.
 * @returns The URL of the module that called Cairn; undefined where nobody knows.
 */
export function siteOf(description: object): string | undefined {
  const lines = (sites.get(description)?.stack ?? "").split("\n");
  for (const line of lines) {
    const url = /\(?([a-z][a-z0-9+.-]+:\/\/\S+?):\d+:\d+\)?$/i.exec(line)?.[1];
    if (url !== undefined && !url.startsWith(OWN)) return url;
  }
  return undefined;
}
