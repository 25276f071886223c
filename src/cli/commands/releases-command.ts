import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { diffReleases, type StringChange } from "../../../ingest/releases/diff-releases.ts";
import { exportRelease } from "../../../ingest/releases/export-release.ts";
import { importRelease } from "../../../ingest/releases/import-release.ts";
import {
  activate,
  findRelease,
  remove,
  removeUnfinished,
  rollback,
} from "../../../ingest/releases/manage-releases.ts";
import { type RetiredConcepts, readRetiredConcepts } from "../../../ingest/releases/retired-concepts.ts";
import { unfinishedReleases } from "../../../ingest/work/generations.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { openExistingStore, openStore } from "../../vector-store/open-store.ts";
import { aliasName, type ReleaseRecord, releaseRecords } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { storeOption } from "../common-options.ts";
import { grouped, progressLine } from "../progress-line.ts";
import { tableText } from "../table-text.ts";

interface Options {
  store: string;
  json?: boolean;
}

/** Options of single commands. */
interface ArgumentOptions extends Options {
  out?: string;
  mrcui?: string;
  quiet?: boolean;
  unfinished?: boolean;
}

export function releasesCommand(): Command {
  const command = new Command("releases").description("releases in the store");
  const add = (
    name: string,
    description: string,
    run: (store: VectorStore, options: ArgumentOptions, args: string[]) => Promise<void>,
  ): Command => {
    const sub = new Command(name.split(" ")[0]!).description(description).option("--json", "JSON on stdout");
    for (const argument of name.split(" ").slice(1)) sub.argument(argument);
    storeOption(sub).action(async (...given: unknown[]) => {
      const options = sub.opts<Options>();
      await using store = await (name.startsWith("import") ? openStore : openExistingStore)(options.store);
      await run(
        store,
        options,
        given.filter((g) => typeof g === "string"),
      );
    });
    command.addCommand(sub);
    return sub;
  };
  add("list", "show them, and which one is active", list).option(
    "--unfinished",
    "what ingests and imports left that did not come to their end",
  );
  add("activate <dataset> <release>", "make a release the active one", (store, options, [dataset, release]) =>
    change("is active now", options, activate(store, dataset!, release!)),
  );
  add("rollback <dataset>", "go back to the release that was active before", (store, options, [dataset]) =>
    change("is active again", options, rollback(store, dataset!)),
  );
  add(
    "remove <dataset> <release>",
    "remove a release that is not active, with its vectors",
    (store, options, [dataset, release]) =>
      options.unfinished
        ? removeLeft(store, options, dataset!, release!)
        : change("is removed", options, remove(store, dataset!, release!)),
  ).option("--unfinished", "remove what an ingest or import of it left that did not come to its end");
  add("diff <dataset> <older> <newer>", "strings and concepts that came, went or moved", diff)
    .option("--out <file>", "every string that differs, as TSV: change, string, CUIs before, CUIs after")
    .option(
      "--mrcui <file>",
      "MRCUI.RRF, to follow retired CUIs (default: that of the newer release's source)",
    );
  add("export <dataset> <release>", "write a release to a folder that any store can import", exported)
    .requiredOption("--out <folder>", "folder for it, which must not be there yet")
    .option("--quiet", "no progress");
  add("import <folder>", "bring in a release that was exported, and make it the active one", imported).option(
    "--quiet",
    "no progress",
  );
  return command;
}

async function exported(
  store: VectorStore,
  { out, json, quiet }: ArgumentOptions,
  [dataset, release]: string[],
): Promise<void> {
  const record = await findRelease(store, dataset!, release!);
  const bytes = await withProgress(quiet, (onProgress) => exportRelease(store, record, out!, onProgress));
  process.stdout.write(
    json
      ? `${JSON.stringify({ dataset, release, out, bytes })}\n`
      : `${dataset} ${release} is in ${out} (${(bytes / 1e6).toFixed(0)} MB)\n`,
  );
}

async function imported(
  store: VectorStore,
  { json, quiet }: ArgumentOptions,
  [folder]: string[],
): Promise<void> {
  const { record, status } = await withProgress(quiet, (onProgress) =>
    importRelease(store, folder!, onProgress),
  );
  const { dataset, release } = record;
  const said = status === "imported" ? "is active" : "was in the store already, and is active";
  process.stdout.write(
    json ? `${JSON.stringify({ dataset, release, status })}\n` : `${dataset} ${release} ${said}\n`,
  );
}

async function withProgress<T>(
  quiet: boolean | undefined,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const progress = progressLine(process.stderr, quiet ?? false);
  try {
    return await work(progress.onProgress);
  } finally {
    progress.end();
  }
}

async function change(done: string, { json }: Options, work: Promise<ReleaseRecord>): Promise<void> {
  const { dataset, release } = await work;
  process.stdout.write(
    json ? `${JSON.stringify({ dataset, release, status: done })}\n` : `${dataset} ${release} ${done}\n`,
  );
}

async function removeLeft(
  store: VectorStore,
  { json }: Options,
  dataset: string,
  release: string,
): Promise<void> {
  const collections = await removeUnfinished(store, dataset, release);
  process.stdout.write(
    json
      ? `${JSON.stringify({ dataset, release, removed: collections })}\n`
      : `${collections.length} unfinished collections of ${dataset} ${release} are removed\n`,
  );
}

async function listUnfinished(store: VectorStore, { json }: Options): Promise<void> {
  const left = await unfinishedReleases(store);
  if (json) process.stdout.write(`${JSON.stringify(left)}\n`);
  else if (left.length === 0) process.stdout.write(`${store.url} holds nothing unfinished\n`);
  else
    process.stdout.write(
      tableText([
        ["DATASET", "RELEASE", "GENERATION", "COLLECTIONS"],
        ...left.map((l) => [l.dataset, l.release, String(l.generation), String(l.collections.length)]),
      ]),
    );
}

async function list(store: VectorStore, options: ArgumentOptions): Promise<void> {
  if (options.unfinished) return listUnfinished(store, options);
  const aliases = await store.aliases();
  const records = (await releaseRecords(store)).map((record) => {
    return { ...record, active: aliases[aliasName(record.dataset, "strings")] === record.strings };
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify(records)}\n`);
    return;
  }
  if (records.length === 0) {
    process.stdout.write(
      `${store.url} holds no release; \`termduet ingest\` puts one in, \`termduet start\` the sample\n`,
    );
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

async function diff(
  store: VectorStore,
  options: ArgumentOptions,
  [dataset, older, newer]: string[],
): Promise<void> {
  const [before, after] = [
    await findRelease(store, dataset!, older!),
    await findRelease(store, dataset!, newer!),
  ];
  const file = options.out === undefined ? undefined : new ChangesFile(options.out);
  try {
    const beside = join(after.source, "MRCUI.RRF");
    const mrcui = options.mrcui ?? (existsSync(beside) ? beside : undefined);
    const retired = mrcui === undefined ? undefined : await readRetiredConcepts(mrcui);
    const counts = await diffReleases(store, before, after, (c) => file?.add(c), retired);
    file?.keep();
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ dataset, older, newer, ...counts })}\n`);
      return;
    }
    const { strings: s, concepts: c } = counts;
    process.stdout.write(
      `${dataset} ${older} → ${newer}\n` +
        `  strings: ${grouped(s.came)} came, ${grouped(s.went)} went, ${grouped(s.moved)} moved between concepts${followed(retired, s.followed)}, ${grouped(s.same)} the same\n` +
        `  concepts: ${grouped(c.came)} came, ${grouped(c.went)} went${followed(retired, c.followed)}, ${grouped(c.same)} in both\n`,
    );
  } finally {
    file?.dispose();
  }
}

function followed(retired: RetiredConcepts | undefined, count: number): string {
  return retired ? ` (${grouped(count)} of them as MRCUI says)` : "";
}

/** TSV that appears whole or not at all. */
class ChangesFile {
  readonly #path: string;
  readonly #fd: number;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(`${path}.partial`, "w");
    writeSync(this.#fd, "change\tstring\tbefore\tafter\n");
  }

  add({ change, string, before, after }: StringChange): void {
    writeSync(
      this.#fd,
      `${change}\t${string.replace(/[\t\n\r]/g, " ")}\t${before.join("|")}\t${after.join("|")}\n`,
    );
  }

  keep(): void {
    renameSync(`${this.#path}.partial`, this.#path);
  }

  dispose(): void {
    closeSync(this.#fd);
    rmSync(`${this.#path}.partial`, { force: true });
  }
}
