import "../machine/silent.ts";
import { existsSync } from "node:fs";
import { inspect, styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { type Platform, thisPlatform, whyUnsupported } from "../machine/platform-check.ts";
import { firstError, systemError } from "../terminology/system-errors.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { COMMANDS, loadCommand } from "./command-list.ts";
import { version } from "./paths.ts";
import { applyConfigFile, CONFIG_FILE } from "./settings.ts";

async function program(argv: readonly string[]): Promise<Command> {
  const root = new Command("termduet")
    .description("terminology search and ontology alignment with two quantized encoders")
    .version(version)
    .option("--debug", "print where an error came from, and what caused it")
    .addHelpCommand(
      new Command("help").argument("[command]").description("the options of a command").helpGroup("Help:"),
    )
    .addHelpText(
      "after",
      '\nBegin here:\n  termduet start                    the sample, its search page in the browser\n  termduet search "crise cardiaque"  one search\n  termduet COMMAND --help           the options of a command, with examples',
    );
  const named = argv.find((argument) => argument in COMMANDS);
  // The keys of a settings file are checked against the options of all commands.
  const all = existsSync(CONFIG_FILE);
  for (const [name, { summary, group }] of Object.entries(COMMANDS)) {
    root.addCommand(
      all || name === named
        ? await loadCommand(name)
        : new Command(name).description(summary).helpGroup(`${group}:`),
    );
  }
  root.hook("preAction", (_, command) => applyConfigFile(command, keysOf(root)));
  return quietErrors(root);
}

// Commander takes the colours out again where there is no terminal or NO_COLOR is set.
const HELP_STYLE = {
  styleTitle: (text: string) => styleText("bold", text, { validateStream: false }),
  styleCommandText: (text: string) => styleText("cyan", text, { validateStream: false }),
  styleSubcommandTerm: (text: string) => styleText("cyan", text, { validateStream: false }),
  styleOptionTerm: (text: string) => styleText("cyan", text, { validateStream: false }),
};

/** Errors of arguments are thrown, and printed in one place. */
function quietErrors(command: Command): Command {
  command
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp(HELP_STYLE);
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
    // A command that needs a subcommand has printed its help, which says all.
    if (error.code === "commander.help") return 2;
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
