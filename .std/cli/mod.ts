/** Stand-in for `@std/cli`: `parseArgs` over the parser of `node:util`. */
import { parseArgs as parse } from "node:util";

export interface ParseOptions {
  boolean?: readonly string[];
  string?: readonly string[];
  collect?: readonly string[];
  alias?: Readonly<Record<string, string>>;
  unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}

export type Args = { _: string[] } & { [name: string]: unknown };

export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  const short = Object.entries(options.alias ?? {});
  const known: Record<string, { type: "boolean" | "string"; multiple: true; short?: string }> = {};
  const declare = (name: string, type: "boolean" | "string") => {
    const letter = short.find(([from, to]) => to === name && from.length === 1)?.[0];
    known[name] = { type, multiple: true, ...(letter ? { short: letter } : {}) };
  };
  for (const name of options.boolean ?? []) declare(name, "boolean");
  for (const name of options.string ?? []) if (name !== "_") declare(name, "string");
  // A string option followed by another option has no value; node:util would take that option for it.
  const own = args.map((argument, i) => {
    const name = argument.startsWith("--") ? argument.slice(2) : options.alias?.[argument.slice(1)];
    const bare = name !== undefined && argument.startsWith("-") && known[name]?.type === "string";
    return bare && args[i + 1]?.startsWith("-") ? `--${name}=` : argument;
  });
  const { tokens } = parse({
    args: own,
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const result: Args = { _: [] };
  for (const name of options.boolean ?? []) result[name] = false;
  for (const name of options.collect ?? []) result[name] = [];
  const assign = (name: string, value: unknown) => {
    if (options.collect?.includes(name)) (result[name] as unknown[]).push(value);
    else result[name] = value;
    for (const [from, to] of short) if (to === name) result[from] = result[name];
  };
  for (const token of tokens) {
    if (token.kind === "positional") {
      result._.push(token.value);
    } else if (token.kind === "option") {
      const type = known[token.name]?.type;
      if (type === undefined) {
        const raw = token.inlineValue ? `${token.rawName}=${token.value}` : token.rawName;
        if (options.unknown?.(raw, token.name, token.value) !== false) {
          assign(token.name, token.value ?? true);
        }
      } else if (type === "boolean") {
        assign(token.name, token.value !== "false");
      } else {
        assign(token.name, token.value ?? "");
      }
    }
  }
  return result;
}
