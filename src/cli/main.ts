import "../machine/silent.ts";
import { existsSync } from "node:fs";
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { type Platform, thisPlatform, whyUnsupported } from "../machine/platform-check.ts";
import { firstError, systemError } from "../terminology/system-errors.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { version } from "./paths.ts";
import { applyConfigFile, CONFIG_FILE } from "./settings.ts";

/** Commands are loaded when they are asked for: the databases and runtimes behind some take a second to load. */
const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  ingest: {
    summary: "put a release of a terminology into the store and make it the active one",
    load: async () => (await import("./commands/ingest-command.ts")).ingestCommand(),
  },
  search: {
    summary: "search the active release",
    load: async () => (await import("./commands/search-command.ts")).searchCommand(),
  },
  align: {
    summary: "align a lexicon to the active release",
    load: async () => (await import("./commands/align-command.ts")).alignCommand(),
  },
  review: {
    summary: "rate the pairs of an alignment in the browser; export and import the ratings",
    load: async () => (await import("./commands/review-command.ts")).reviewCommand(),
  },
  calibrate: {
    summary: "fit an encoder's ratings on graded pairs that the active release gives",
    load: async () => (await import("./commands/calibrate-command.ts")).calibrateCommand(),
  },
  "calibrate-matcher": {
    summary: "fit the strong mode of align on pairs that the active release gives",
    load: async () => (await import("./commands/calibrate-matcher-command.ts")).calibrateMatcherCommand(),
  },
  refit: {
    summary: "fit all calibrators and the matcher anew, from the active release's own names",
    load: async () => (await import("./commands/refit-command.ts")).refitCommand(),
  },
  evaluate: {
    summary: "scores on the paper's two tasks, on labelled queries, and of an alignment",
    load: async () => (await import("./commands/evaluate-command.ts")).evaluateCommand(),
  },
  start: {
    summary: "put the sample release in when the store is empty, then serve",
    load: async () => (await import("./commands/start-command.ts")).startCommand(),
  },
  serve: {
    summary: "serve the search API and the web page",
    load: async () => (await import("./commands/serve-command.ts")).serveCommand(),
  },
  mcp: {
    summary: "tools for an assistant, over the Model Context Protocol",
    load: async () => (await import("./commands/mcp-command.ts")).mcpCommand(),
  },
  keys: {
    summary: "make a key for the search API",
    load: async () => (await import("./commands/keys-command.ts")).keysCommand(),
  },
  releases: {
    summary: "releases in the store",
    load: async () => (await import("./commands/releases-command.ts")).releasesCommand(),
  },
  encoders: {
    summary: "encoders of this installation",
    load: async () => (await import("./commands/encoders-command.ts")).encodersCommand(),
  },
  optimize: {
    summary: "turn a Hugging Face checkpoint (BERT or XLM-R) into an encoder",
    load: async () => (await import("./commands/optimize-command.ts")).optimizeCommand(),
  },
  upgrade: {
    summary: "convert a store that an earlier version made",
    load: async () => (await import("./commands/upgrade-command.ts")).upgradeCommand(),
  },
  backup: {
    summary: "copy releases, keys, ratings and encoders to a folder, while servers serve",
    load: async () => (await import("./commands/backup-command.ts")).backupCommand(),
  },
  restore: {
    summary: "bring a backup back",
    load: async () => (await import("./commands/backup-command.ts")).restoreCommand(),
  },
  doctor: {
    summary: "say what is missing or wrong here, and how to mend it",
    load: async () => (await import("./commands/doctor-command.ts")).doctorCommand(),
  },
};

async function program(argv: readonly string[]): Promise<Command> {
  const root = new Command("termduet")
    .description("terminology search and ontology alignment with two quantized encoders")
    .version(version)
    .option("--debug", "print where an error came from, and what caused it");
  const named = argv.find((argument) => argument in COMMANDS);
  // The keys of a settings file are checked against the options of all commands.
  const all = existsSync(CONFIG_FILE);
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    root.addCommand(
      all || name === named ? (await load()).description(summary) : new Command(name).description(summary),
    );
  }
  root.hook("preAction", (_, command) => applyConfigFile(command, keysOf(root)));
  return quietErrors(root);
}

/** Errors of arguments are thrown, and printed in one place. */
function quietErrors(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  for (const sub of command.commands) quietErrors(sub);
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
    process.stderr.write(
      `termduet: ${error.message.replace(/^error: /, "").replace(/\n/g, " ")}; see termduet --help\n`,
    );
    return 2;
  }
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("termduet: stopped; go on with --resume\n");
    return 1;
  }
  const { code, message } = explained(error);
  process.stderr.write(`termduet: ${message.replaceAll("\n", " ")}\n`);
  if (debug) process.stderr.write(`${inspect(error, { depth: 4, colors: false })}\n`);
  return code === "usage" ? 2 : 1;
}

function explained(error: unknown): TermduetError {
  if (error instanceof TermduetError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return (
    systemError(error) ??
    new TermduetError("internal", `unexpected: ${text}; run again with --debug and report it`, {
      cause: error,
    })
  );
}

/** Commands load native libraries, which say nothing useful, or nothing at all, where they can't run. */
function checkPlatform(argv: readonly string[], platform: Platform): void {
  const why = argv.some((argument) => argument in COMMANDS) ? whyUnsupported(platform) : undefined;
  if (why) throw new TermduetError("unavailable", why);
}

/** Runs one command line and gives its exit code. */
export async function main(argv: readonly string[], platform = thisPlatform()): Promise<number> {
  try {
    checkPlatform(argv, platform);
    const root = await program(argv);
    await root.parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    return report(firstError(error), argv.includes("--debug"));
  }
}
