/**
 * Checks on what a stage or an aggregate declares as its outputs.
 *
 * @module
 */
import { checkSegment, quote } from "../params/names.ts";
import { isPlainObject, sortOf } from "../params/paths.ts";
import { isTransient, type Outputs } from "./output.ts";

/**
 * Refuses outputs that can't be told apart on disk, or in a state.
 *
 * @param of Whose outputs they are, as in `of stage "fit"`.
 * @param outputs The outputs.
 * @throws {TypeError} If a name is not allowed, an output is no cacher, or two would lie at one path, case aside.
 */
export function checkOutputs(of: string, outputs: unknown): asserts outputs is Outputs {
  if (!isPlainObject(outputs)) {
    throw new TypeError(`Cannot use "outputs" ${of}: it is an object of cachers, found ${sortOf(outputs)}`);
  }
  const paths = new Map<string, string>();
  for (const [name, output] of Object.entries(outputs)) {
    checkSegment(`output ${of}`, name);
    if (name === "params" || name === "name" || name.endsWith("_metadata")) {
      throw new TypeError(
        `Cannot use ${quote(name)} as an output ${of}: that name is taken; give it another`,
      );
    }
    checkOutput(`output ${quote(name)} ${of}`, output);
    // One that is kept in memory only gets a file too where a run makes every output lazy.
    const extension = isTransient(output as Outputs[string])
      ? ".bin"
      : (output as { extension: string }).extension;
    // Both its main file and its metadata, as a file system that ignores case would see them.
    for (const file of [`${name}${extension}`, `${name}_metadata.json`]) {
      const twin = paths.get(file.toLowerCase());
      if (twin !== undefined) {
        throw new TypeError(
          `Cannot use the outputs ${quote(twin)} and ${quote(name)} ${of} together: both would lie at ` +
            `${quote(file.toLowerCase())}, case aside; rename one`,
        );
      }
      paths.set(file.toLowerCase(), name);
    }
  }
}

function checkOutput(what: string, output: unknown): void {
  if (typeof output !== "object" || output === null) {
    throw new TypeError(`Cannot use ${what}: it is a cacher, or transient(), found ${sortOf(output)}`);
  }
  if ("transient" in output) return;
  const { extension, save, load, lossy, streams } = output as Record<string, unknown>;
  if (typeof save !== "function" || typeof load !== "function") {
    throw new TypeError(`Cannot use ${what}: a cacher has the functions "save" and "load"`);
  }
  for (const [name, flag] of Object.entries({ lossy, streams })) {
    if (flag === undefined || typeof flag === "boolean") continue;
    throw new TypeError(`Cannot use ${what}: ${quote(name)} is true or false, found ${sortOf(flag)}`);
  }
  checkExtension(what, extension);
}

/**
 * Refuses an extension that is more than the end of a file name.
 *
 * @param what Whose it is, for messages.
 * @param extension The extension, or the suffix of one file of an artifact.
 * @throws {TypeError} If it is no text, or holds anything but letters, digits, `_`, `-` and single dots.
 */
export function checkExtension(what: string, extension: unknown): asserts extension is string {
  if (
    typeof extension === "string" && /^(?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9_-]))*$/.test(extension) &&
    extension.length <= 100
  ) return;
  throw new TypeError(
    `Cannot use ${what}: ${
      quote(extension)
    } is no end of a file name; it is text such as ".json" or "_weights.bin"`,
  );
}
