import { Command } from "commander";
import { catalogueOf, encodersFolderOption } from "./common-options.ts";
import { tableText } from "./table-text.ts";

export function encodersCommand(): Command {
  const command = new Command("encoders").description("encoders of this installation");
  const listing = new Command("list").description("show them").option("--json", "JSON on stdout");
  command.addCommand(encodersFolderOption(listing).action(list));
  return command;
}

function list(options: { encodersFolder: string; json?: boolean }): void {
  const encoders = catalogueOf(options).list();
  if (options.json) {
    const rows = encoders.map(({ manifest, hash, folder }) => {
      const { calibrator: _, checksums: __, ...shown } = manifest;
      return { ...shown, hash, folder };
    });
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const header = ["ID", "DIMENSION", "PRECISION", "POOLING", "HASH", "DESCRIPTION"];
  const rows = encoders.map(({ manifest: m, hash }) => [
    m.id,
    String(m.dimension),
    m.precision,
    m.pooling,
    hash,
    m.description,
  ]);
  process.stdout.write(tableText([header, ...rows]));
}
