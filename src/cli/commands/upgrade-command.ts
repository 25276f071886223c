import { Command } from "commander";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { convertStore } from "../../vector-store/embedded/convert-store.ts";
import { localFolder, storeOption } from "../common-options.ts";
import { progressLine } from "../progress-line.ts";

export function upgradeCommand(): Command {
  const command = new Command("upgrade").description(
    "convert an embedded store that an earlier version made; nothing is encoded again",
  );
  storeOption(command);
  return command.action(run);
}

async function run({ store }: { store: string }): Promise<void> {
  if (!store.startsWith("lancedb:"))
    throw new TermduetError("usage", `--store ${store} is a server's; only embedded stores are converted`);
  const folder = localFolder(store);
  const { onProgress, end } = progressLine(process.stderr, false);
  const converted = await convertStore(folder, onProgress).finally(end);
  process.stdout.write(
    converted ? `${folder} is converted\n` : `${folder} is of this version: nothing to do\n`,
  );
}
