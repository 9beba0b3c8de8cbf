/** Commands as README and the examples give them, and `deno` run with just their permissions. */
import { assert } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";

/** The folder of the checkout. */
export const root = fromFileUrl(new URL("../../", import.meta.url));

/** The examples that run by themselves, or by the command line, with their text. */
export const examples = [...Deno.readDirSync(join(root, "examples"))]
  .map(({ name }) => ({ name, text: Deno.readTextFileSync(join(root, "examples", name)) }))
  .filter(({ text }) => /^export default|^if \(import\.meta\.main\)/m.test(text));

/** The permissions and the rest of the command in the header of an example. */
export function commandIn(text: string): { permissions: string[]; args: string[] } {
  const words = /^ \* deno run (.+)$/m.exec(text)?.[1]?.split(" ") ?? [];
  const permissions = words.filter((word) => word.startsWith("--allow-"));
  return { permissions, args: words.filter((word) => !word.startsWith("--allow-")) };
}

/** One row of the table of permissions in README. */
export interface PermissionRow {
  readonly what: string;
  readonly flags: readonly string[];
}

/** The table of permissions in README. */
export function permissionTable(): readonly PermissionRow[] {
  const readme = Deno.readTextFileSync(join(root, "README.md"));
  const section = /^## Permissions\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2).map((line) => {
    const [, what = "", flags = ""] = line.split("|").map((cell) => cell.trim());
    return { what, flags: flags.match(/--allow-[a-z]+(?:=[^\s`]+)?/g) ?? [] };
  });
  assert(rows.length > 3, "README has a table of permissions");
  return rows;
}

/** The flags of the row that is about something. */
export function flagsFor(what: string): readonly string[] {
  const found = permissionTable().filter((row) => row.what.includes(what));
  assert(found.length === 1, `README's table of permissions has one row on ${what}`);
  return found[0]!.flags;
}

/** What a command came to. */
export interface Came {
  readonly code: number;
  readonly success: boolean;
  readonly out: string;
  readonly err: string;
}

/** Runs `deno` in a folder with just these permissions, which is never asked for more. */
export async function run(
  cwd: string,
  permissions: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Came> {
  // `--allow-run=deno` means the deno that is on the path: here, this one.
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const PATH = [dirname(Deno.execPath()), Deno.env.get("PATH")].join(separator);
  const { code, success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-lock",
      `--config=${join(root, "deno.json")}`,
      // Here the code lies elsewhere than the folder that it works in.
      ...permissions.map((flag) => flag.startsWith("--allow-read=.") ? `${flag},${root}` : flag),
      ...args.map((word) => /^(cli|examples\/.*|tests\/.*)\.ts$/.test(word) ? join(root, word) : word),
    ],
    cwd,
    env: { PATH, NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, success, out: out!, err: err! };
}
