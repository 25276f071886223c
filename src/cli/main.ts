import { Command, CommanderError } from "commander";
import { errnoOf, TermduetError } from "../terminology/termduet-error.ts";
import { doctorCommand } from "./doctor-command.ts";
import { encodersCommand } from "./encoders-command.ts";
import { ingestCommand } from "./ingest-command.ts";
import { optimizeCommand } from "./optimize-command.ts";
import { version } from "./paths.ts";
import { releasesCommand } from "./releases-command.ts";
import { searchCommand } from "./search-command.ts";
import { applyConfigFile } from "./settings.ts";

function program(): Command {
  const root = new Command("termduet")
    .description("terminology search and ontology alignment with two quantized encoders")
    .version(version)
    .option("--debug", "print the stack of an error")
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const commands = [
    ingestCommand(),
    searchCommand(),
    releasesCommand(),
    encodersCommand(),
    optimizeCommand(),
    doctorCommand(),
  ];
  for (const command of commands) root.addCommand(inherit(command));
  root.hook("preAction", (_, command) => applyConfigFile(command, keysOf(root)));
  return root;
}

/** Errors of arguments are thrown, and printed in one place. */
function inherit(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  for (const sub of command.commands) inherit(sub);
  return command;
}

function keysOf(command: Command): Set<string> {
  const own = command.options.map((option) => option.attributeName());
  return new Set([...own, ...command.commands.flatMap((sub) => [...keysOf(sub)])]);
}

/** Exit code: 0 done, 1 failed, 2 wrong usage. */
function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    process.stderr.write(`termduet: ${error.message.replace(/^error: /, "")}; see termduet --help\n`);
    return 2;
  }
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("termduet: stopped; go on with --resume\n");
    return 1;
  }
  const { code, message } = explained(error);
  process.stderr.write(`termduet: ${message.replaceAll("\n", " ")}\n`);
  if (debug) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return code === "usage" ? 2 : 1;
}

function explained(error: unknown): TermduetError {
  if (error instanceof TermduetError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const path = error instanceof Error && "path" in error ? ` (${String(error.path)})` : "";
  const known: Record<string, string> = {
    ENOSPC: `the disk is full${path}; make room, then go on with --resume`,
    EACCES: `permission denied${path}`,
    EROFS: `the file system is read-only${path}`,
    ENOENT: `there is no such file${path}`,
    EISDIR: `a file is needed where there is a folder${path}`,
    EMFILE: "too many open files; raise the limit with `ulimit -n 4096`",
  };
  const message = known[errnoOf(error) ?? ""];
  if (message) return new TermduetError("unavailable", message, { cause: error });
  return new TermduetError("internal", `unexpected: ${text}; run again with --debug and report it`, {
    cause: error,
  });
}

/** Runs one command line and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const root = program();
  try {
    await root.parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    return report(error, argv.includes("--debug"));
  }
}
