import { basename, resolve } from "node:path";
import { Command } from "commander";
import { checkpointSource } from "../checkpoint-source.ts";
import { type MakingOptions, makeEncoder, makingOptions, resultLines } from "../encoder-making.ts";
import { progressLine } from "../progress-line.ts";

export function optimizeCommand(): Command {
  const command = new Command("optimize")
    .argument("<checkpoint>", "folder of a checkpoint, or OWNER/NAME[@REVISION] on the hub")
    .requiredOption("--out <folder>", "folder to write");
  return makingOptions(command).action(run);
}

async function run(checkpoint: string, options: MakingOptions & { out: string }): Promise<void> {
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const id = options.id ?? basename(resolve(options.out));
  try {
    const source = await checkpointSource(checkpoint, progress.onProgress);
    const result = await makeEncoder(source, options.out, id, options, progress.onProgress);
    progress.end();
    process.stdout.write([`${options.out} holds encoder ${id}`, ...resultLines(result), ""].join("\n"));
  } catch (error) {
    progress.end();
    throw error;
  }
}
