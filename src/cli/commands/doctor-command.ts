import { existsSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { Command } from "commander";

import { type EncoderFolder, verifyEncoderFolder } from "../../encoder/encoder-manifest.ts";
import { LoadedEncoder } from "../../encoder/loaded-encoder.ts";
import { listSupportedBackends } from "../../encoder/onnx-runtime.ts";
import { PROVIDERS, type Provider } from "../../encoder/providers.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import {
  catalogueOf,
  encodersFolderOption,
  localFolder,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { coloured } from "../style.ts";
import { deepChecks, type Finding, storeCheck } from "./doctor-store.ts";

interface Check extends Finding {
  what: string;
}

interface Options {
  store: string;
  encodersFolder: string;
  provider: Provider;
  deep?: boolean;
  json?: boolean;
}

const GIGABYTE = 1e9;
const MIN_FREE_DISK = 2 * GIGABYTE;

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("say what is missing or wrong here, and how to mend it")
    .option("--deep", "read every block of the store against its checksum, and say what is damaged")
    .option("--json", "JSON on stdout");
  for (const add of [storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  const checks: Check[] = [node(), machine()];
  const encoders = catalogueOf(options).list();
  if (encoders.length === 0)
    checks.push({ ok: false, what: "encoders", says: "there are none; reinstall the package" });
  for (const encoder of encoders)
    checks.push(
      await attempt(`encoder ${encoder.manifest.id}`, () => encoderCheck(encoder, options.provider)),
    );
  checks.push(providers(options.provider));
  checks.push(await attempt("store", () => storeCheck(options.store, encoders)));
  if (options.deep) checks.push(...(await deeply(options.store)));
  checks.push(await attempt("disk", async () => disk(options.store)));
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: checks.every((c) => c.ok), checks })}\n`);
  else
    for (const { ok, what, says } of checks)
      process.stdout.write(
        `${ok ? coloured("green", "ok    ") : coloured("yellow", "WRONG ")} ${what}: ${says}\n`,
      );
  const wrong = checks.filter((c) => !c.ok).length;
  if (wrong > 0)
    throw new TermduetError(
      "unavailable",
      `${wrong} of ${checks.length} checks found something wrong; see above`,
    );
}

async function attempt(what: string, check: () => Promise<Omit<Check, "what">>): Promise<Check> {
  try {
    return { what, ...(await check()) };
  } catch (error) {
    return { ok: false, what, says: error instanceof Error ? error.message : String(error) };
  }
}

async function deeply(store: string): Promise<Check[]> {
  try {
    return await deepChecks(store);
  } catch (error) {
    return [{ ok: false, what: "checksums", says: error instanceof Error ? error.message : String(error) }];
  }
}

function node(): Check {
  return { ok: true, what: "Node", says: `${process.version} on ${process.platform} ${process.arch}` };
}

function machine(): Check {
  const says = `${availableParallelism()} cores, ${(totalmem() / GIGABYTE).toFixed(1)} GB, ${(freemem() / GIGABYTE).toFixed(1)} GB free`;
  return { ok: true, what: "machine", says };
}

function providers(wanted: Provider): Check {
  const here = listSupportedBackends()
    .map((b) => b.name)
    .filter((name) => (PROVIDERS as readonly string[]).includes(name));
  const ok = here.includes(wanted);
  return {
    ok,
    what: "execution providers",
    says: `${here.join(", ")}${ok ? "" : `; ${wanted} is not among them: use --provider cpu`}`,
  };
}

async function encoderCheck(folder: EncoderFolder, provider: Provider): Promise<Omit<Check, "what">> {
  await verifyEncoderFolder(folder);
  const encoder = await LoadedEncoder.load(folder, { provider, threads: 1, tokenBudget: 256 });
  const started = performance.now();
  await encoder.encode(["heart attack"], "query");
  const ms = (performance.now() - started).toFixed(0);
  await encoder.release();
  return {
    ok: true,
    says: `${folder.manifest.precision}, ${folder.manifest.dimension} dimensions, encodes (first text in ${ms} ms)`,
  };
}

function disk(store: string): Omit<Check, "what"> {
  let folder = localFolder(store);
  // Where the store is not there yet, the disk that it will be on.
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const says = `${(free / GIGABYTE).toFixed(1)} GB free at ${folder}`;
  return free > MIN_FREE_DISK
    ? { ok: true, says }
    : { ok: false, says: `${says}; make room: a million strings take some 4 GB` };
}
