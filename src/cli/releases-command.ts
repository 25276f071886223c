import { Command } from "commander";
import { openStore } from "../vector-store/open-store.ts";
import { aliasName, releaseRecords } from "../vector-store/release-record.ts";
import { storeOption } from "./common-options.ts";
import { grouped } from "./progress-line.ts";
import { tableText } from "./table-text.ts";

export function releasesCommand(): Command {
  const command = new Command("releases").description("releases in the store");
  const listing = new Command("list")
    .description("show them, and which one is active")
    .option("--json", "JSON on stdout");
  command.addCommand(storeOption(listing).action(list));
  return command;
}

async function list(options: { store: string; json?: boolean }): Promise<void> {
  await using store = await openStore(options.store);
  const aliases = await store.aliases();
  const records = (await releaseRecords(store)).map((record) => {
    return { ...record, active: aliases[aliasName(record.dataset, "strings")] === record.strings };
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(records)}\n`);
    return;
  }
  if (records.length === 0) {
    process.stdout.write(`${store.url} holds no release; \`termduet ingest\` puts one in\n`);
    return;
  }
  const header = ["DATASET", "RELEASE", "", "ATOMS", "STRINGS", "CONCEPTS", "ENCODERS", "INGESTED"];
  const rows = records.map((r) => [
    r.dataset,
    r.release,
    r.active ? "active" : "",
    grouped(r.counts.atoms),
    grouped(r.counts.strings),
    grouped(r.counts.concepts),
    r.encoders.map((e) => e.id).join(", "),
    r.ingestedAt.slice(0, 16).replace("T", " "),
  ]);
  process.stdout.write(tableText([header, ...rows]));
}
