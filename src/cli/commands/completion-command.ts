import { Argument, Command } from "commander";
import { COMMANDS, loadCommand } from "../command-list.ts";
import { completionScript, SHELLS, type Shell } from "../completion-script.ts";

/** `termduet completion SHELL`: the script is made from the commands themselves, so it knows all their options. */
export function completionCommand(): Command {
  return new Command("completion")
    .addArgument(new Argument("<shell>", "the shell that shall complete").choices(SHELLS))
    .action(async (shell: Shell) => {
      const names = Object.keys(COMMANDS).filter((name) => name !== "completion");
      const commands = await Promise.all(names.map(loadCommand));
      process.stdout.write(completionScript(shell, commands));
    });
}
