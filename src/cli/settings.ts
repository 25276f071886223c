import { existsSync, readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { TermduetError } from "../terminology/termduet-error.ts";

export const CONFIG_FILE = "termduet.config.json";

/** An option that is also the environment variable `TERMDUET_…` and a key of `termduet.config.json`. */
export function setting(flags: string, description: string): Option {
  const option = new Option(flags, description);
  const variable = `TERMDUET_${option.name().replaceAll("-", "_").toUpperCase()}`;
  return option.env(variable);
}

/**
 * Fills in what neither a flag nor the environment set from `termduet.config.json` in the working directory.
 * Errors: `bad-input` for a file that is not JSON, `usage` for a key that no command knows.
 */
export function applyConfigFile(command: Command, allKeys: ReadonlySet<string>, path = CONFIG_FILE): void {
  if (!existsSync(path)) return;
  let values: Record<string, unknown>;
  try {
    values = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON`, { cause });
  }
  for (const [key, value] of Object.entries(values)) {
    if (!allKeys.has(key)) throw new TermduetError("usage", `${path}: there is no setting ${key}`);
    const option = command.options.find((o) => o.attributeName() === key);
    const source = option && command.getOptionValueSource(key);
    if (!option || source === "cli" || source === "env") continue;
    const parsed = option.parseArg && typeof value === "string" ? option.parseArg(value, undefined) : value;
    command.setOptionValueWithSource(key, parsed, "config");
  }
}

/** `A,B` and repeated options as one list. */
export function list(value: string, previous: string[] | undefined): string[] {
  const parts = value.split(",").map((part) => part.trim());
  return [...(previous ?? []), ...parts.filter(Boolean)];
}

/** A parser for whole numbers within bounds. */
export function whole(name: string, from: number, to: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= from && number <= to) return number;
    throw new TermduetError("usage", `${name} ${value} is not a whole number from ${from} to ${to}`);
  };
}

/** A parser for shares between 0 and 1. */
export function share(name: string): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() !== "" && number >= 0 && number <= 1) return number;
    throw new TermduetError("usage", `${name} ${value} is not a share between 0 and 1 (0.001 is 0.1 %)`);
  };
}
