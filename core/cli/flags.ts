/**
 * Flags of the command line: what there is, how it is read, how `--help` shows it.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { quote } from "../params/names.ts";

/** One flag. */
export interface Flag {
  readonly name: string;
  /** One letter that stands for it. */
  readonly short?: string;
  /** What its value is called in the help; a flag without one is on or off. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly repeatable?: true;
  readonly help: string;
}

/** One subcommand. */
export interface Command {
  readonly name: string;
  /** What comes after the name: `EXPERIMENT`. */
  readonly operands: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** Runs it; gives the exit status. */
  readonly run: (input: Input) => Promise<number>;
}

/** What a subcommand was called with. */
export interface Input {
  readonly operands: readonly string[];
  /** Whether a flag is on. */
  readonly has: (name: string) => boolean;
  /** The value of a flag, if it was given. */
  readonly value: (name: string) => string | undefined;
  /** The values of a flag that may be given several times. */
  readonly values: (name: string) => readonly string[];
}

const HELP: Flag = { name: "help", short: "h", help: "Show this help" };

/** The use of the command line was wrong. */
const misuses = new WeakSet<object>();

/**
 * An error of use: the command line shows its message and exits with 2.
 *
 * @param message What was wrong.
 * @returns An error to throw.
 */
export function misuse(message: string): Error {
  const error = new TypeError(message);
  misuses.add(error);
  return error;
}

/**
 * Whether an error was made by {@linkcode misuse}.
 *
 * @param error What was thrown.
 * @returns Whether it is an error of use.
 */
export function isMisuse(error: unknown): boolean {
  return typeof error === "object" && error !== null && misuses.has(error);
}

/**
 * Reads the arguments of a subcommand.
 *
 * @param command The subcommand.
 * @param args What followed its name.
 * @returns What it was called with, or that help is asked for.
 * @throws {TypeError} If a flag is unknown, lacks its value, or is given twice.
 */
export function readArguments(command: Command, args: readonly string[]): Input | "help" {
  const flags = [...command.flags, HELP];
  for (const { name, value } of flags) {
    const given = value === undefined
      ? args.find((argument) => argument.startsWith(`--${name}=`))
      : undefined;
    if (given !== undefined) {
      throw misuse(`Cannot use ${quote(given)}: --${name} is on or off, and takes no value`);
    }
  }
  const unknown: string[] = [];
  const withValue = flags.filter(({ value }) => value !== undefined);
  const parsed = parseArgs([...args], {
    boolean: flags.filter(({ value }) => value === undefined).map(({ name }) => name),
    string: ["_", ...withValue.map(({ name }) => name)],
    collect: withValue.map(({ name }) => name), // so that a flag given twice shows
    alias: Object.fromEntries(flags.flatMap(({ name, short }) => short === undefined ? [] : [[short, name]])),
    unknown: (argument: string, key?: string) => {
      if (key === undefined) return true;
      unknown.push(argument);
      return false;
    },
  }) as Record<string, unknown> & { readonly _: readonly unknown[] };
  if (parsed.help === true) return "help";
  if (unknown.length > 0) {
    const known = flags.map(({ name }) => `--${name}`).join(", ");
    throw misuse(`Cannot use ${quote(unknown[0])}: ${command.name} has the flags ${known}`);
  }
  const all = (name: string) => (parsed[name] as readonly unknown[] | undefined ?? []).map(String);
  for (const { name, value, repeatable } of withValue) {
    const given = all(name);
    if (given.includes("")) {
      throw misuse(`Cannot use --${name} without a value: give it as --${name}=${value}`);
    }
    if (given.length > 1 && !repeatable) {
      throw misuse(`Cannot use --${name} ${given.length} times: give it once`);
    }
  }
  return {
    operands: parsed._.map(String),
    has: (name) => parsed[name] === true,
    value: (name) => all(name)[0],
    values: all,
  };
}

/**
 * The help of a subcommand.
 *
 * @param command The subcommand.
 * @returns Text of several lines.
 */
export function helpOf(command: Command): string {
  const rows = [...command.flags, HELP].map(({ name, short, value, repeatable, help }) => {
    const letter = short === undefined ? "    " : `-${short}, `;
    return [
      `  ${letter}--${name}${value === undefined ? "" : ` ${value}`}`,
      `${help}${repeatable ? " (repeatable)" : ""}`,
    ];
  });
  const width = Math.max(...rows.map(([left]) => left!.length)) + 2;
  return [
    `cairn ${command.name}: ${command.summary}`,
    "",
    `Usage: ${["cairn", command.name, command.operands, "[FLAGS]"].filter((part) => part !== "").join(" ")}`,
    "",
    "Flags:",
    ...rows.map(([left, right]) => left!.padEnd(width) + right),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}
