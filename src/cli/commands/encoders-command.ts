import { cpSync, existsSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import {
  type EncoderFolder,
  readEncoderFolder,
  verifyEncoderFolder,
} from "../../encoder/encoder-manifest.ts";
import { LoadedEncoder } from "../../encoder/loaded-encoder.ts";
import { writeWhole } from "../../optimizer/encoder-output.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { checkpointSource } from "../checkpoint-source.ts";
import { catalogueOf, encodersFolderOption } from "../common-options.ts";
import { type MakingOptions, makeEncoder, makingOptions, resultLines } from "../encoder-making.ts";
import { bundledEncoders } from "../paths.ts";
import { progressLine } from "../progress-line.ts";
import { tableText } from "../table-text.ts";

interface FolderOption {
  encodersFolder: string;
}

export function encodersCommand(): Command {
  const command = new Command("encoders").description("encoders of this installation");
  const listing = new Command("list").description("show them").option("--json", "JSON on stdout");
  const adding = new Command("add")
    .description(
      "add an encoder that was optimized, or make one from a checkpoint: a folder, or OWNER/NAME[@REVISION]",
    )
    .argument("<source>", "folder of an encoder or checkpoint, or a name on the Hugging Face hub");
  const removing = new Command("remove").description("remove one that was added").argument("<id>");
  command.addCommand(encodersFolderOption(listing).action(list));
  command.addCommand(encodersFolderOption(makingOptions(adding)).action(add));
  command.addCommand(encodersFolderOption(removing).action(remove));
  return command;
}

function list(options: FolderOption & { json?: boolean }): void {
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

async function add(given: string, options: MakingOptions & FolderOption): Promise<void> {
  if (existsSync(join(given, "encoder.json"))) {
    await addEncoder(given, options);
    return;
  }
  const progress = progressLine(process.stderr, options.quiet ?? false);
  try {
    if (options.id !== undefined) refuseTaken(options.id, options);
    const source = await checkpointSource(given, progress.onProgress);
    const id = options.id ?? source.id;
    refuseTaken(id, options);
    const result = await makeEncoder(
      source,
      join(options.encodersFolder, id),
      id,
      options,
      progress.onProgress,
    );
    progress.end();
    process.stdout.write([`added encoder ${id}`, ...resultLines(result), ""].join("\n"));
  } catch (error) {
    progress.end();
    throw error;
  }
}

/** Copies an encoder's folder, its files checked. */
async function addEncoder(folder: string, options: MakingOptions & FolderOption): Promise<void> {
  const encoder = readEncoderFolder(folder);
  const { id } = encoder.manifest;
  if (options.id !== undefined && options.id !== id)
    throw new TermduetError(
      "usage",
      `--id ${options.id}: ${folder} holds encoder ${id}, whose vectors carry that name`,
    );
  refuseTaken(id, options);
  await verifyEncoderFolder(encoder);
  await writeWhole(join(options.encodersFolder, id), async (partial) => {
    cpSync(folder, partial, { recursive: true });
    await tryEncoder(readEncoderFolder(partial));
  });
  process.stdout.write(`added encoder ${id}\n`);
}

/** Errors: those of loading it, and of encoding with it: what can't encode is not added. */
async function tryEncoder(encoder: EncoderFolder): Promise<void> {
  const loaded = await LoadedEncoder.load(encoder, { provider: "cpu", threads: 1, tokenBudget: 256 });
  try {
    await loaded.encode(["heart attack"], "query");
  } finally {
    await loaded.release();
  }
}

function refuseTaken(id: string, options: FolderOption): void {
  const known = catalogueOf(options)
    .list()
    .find(({ manifest }) => manifest.id === id);
  if (known)
    throw new TermduetError(
      "conflict",
      `there is an encoder ${id} already, in ${known.folder}; remove it, or give --id`,
    );
}

function remove(id: string, options: FolderOption): void {
  const { folder } = catalogueOf(options).find(id);
  // Its own folder right below that of added encoders: a beginning in common says nothing.
  const isBundled = dirname(resolve(folder)) === resolve(bundledEncoders);
  if (isBundled || dirname(resolve(folder)) !== resolve(options.encodersFolder)) {
    const reason = isBundled ? "comes with the program" : `lies in ${folder}`;
    throw new TermduetError("usage", `encoder ${id} ${reason}: only encoders that were added are removed`);
  }
  rmSync(folder, { recursive: true });
  process.stdout.write(`removed encoder ${id}\n`);
}
