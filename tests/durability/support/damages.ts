import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { deepChecks } from "../../../src/cli/commands/doctor-store.ts";
import { TermduetError } from "../../../src/terminology/termduet-error.ts";
import { openStore } from "../../../src/vector-store/open-store.ts";
import { collectionsOf, releaseRecords } from "../../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../../src/vector-store/vector-store.ts";
import { clusteredVectors, seeded } from "../../support/random-vectors.ts";
import { runCli } from "../../support/run-cli.ts";
import { prepared } from "./prepared.ts";
import { writeTable } from "./tables.ts";

/** Documented as disposable: made again of the rows. */
const DISPOSABLE = /^index\//;
const KINDS = ["flip", "zeros", "cut", "gone", "longer"] as const;

interface Damage {
  file: string;
  kind: (typeof KINDS)[number];
}

function filesOf(store: string): string[] {
  const entries = readdirSync(store, { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile() && statSync(join(e.parentPath, e.name)).size > 0)
    .map((e) => relative(store, join(e.parentPath, e.name)))
    .filter((name) => !/^(locks|work|rejects)/.test(name))
    .sort();
}

/** Changes a file of the store so that it is another than before. */
function damage(store: string, random: () => number): Damage {
  const files = filesOf(store);
  const file = files[Math.floor(random() * files.length)]!;
  const kind = KINDS[Math.floor(random() * KINDS.length)]!;
  const path = join(store, file);
  const bytes = readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  if (kind === "gone") rmSync(path);
  else if (kind === "longer") appendFileSync(path, Buffer.alloc(1 + Math.floor(random() * 5_000), 7));
  else if (kind === "cut") truncateSync(path, at);
  else {
    const length = kind === "flip" ? 1 : 1 + Math.floor(random() * 4_096);
    const end = Math.min(bytes.length, at + length);
    const isZero = bytes.subarray(at, end).every((byte) => byte === 0);
    if (kind === "flip" || isZero) bytes[at]! ^= 1 << Math.floor(random() * 8);
    else bytes.fill(0, at, end);
    writeFileSync(path, bytes);
  }
  return { file, kind };
}

/** Answers to some questions of every kind, each as JSON, or the error that was told in its place. */
async function answersOf(path: string): Promise<string[]> {
  try {
    await using store = await openStore(`lancedb:${path}`);
    const answers: string[] = [];
    for (const record of await releaseRecords(store))
      for (const { spec } of collectionsOf(record)) {
        const ask =
          spec.dimension === undefined
            ? () => documentAnswers(store, spec.name, "norm" in spec.fields)
            : () => store.search(spec.name, clusteredVectors(3, spec.dimension!, 9), { limit: 20 });
        answers.push(await told(ask));
      }
    return answers;
  } catch (error) {
    if (error instanceof TermduetError) return [`ERROR ${error.message}`];
    throw error;
  }
}

async function documentAnswers(store: VectorStore, name: string, hasNorm: boolean): Promise<unknown> {
  const places = [0, 7, 77, 177].map((ordinal) => ({ ordinal }));
  return [
    await store.fetch(name, places),
    await store.find(name, "id", ["T00007", "T00100"], 5),
    hasNorm ? await store.findByWords(name, "norm", ["disease", "heart"], 5) : undefined,
    hasNorm ? await store.findByPrefix(name, "norm", "shared disease number 1", 5) : undefined,
  ];
}

/** All that a copy into a next release, and an export, read. */
async function readsOfAll(path: string): Promise<string[]> {
  try {
    await using store = await openStore(`lancedb:${path}`);
    const read: string[] = [];
    for (const record of await releaseRecords(store))
      for (const { spec } of collectionsOf(record))
        read.push(
          await told(async () => {
            let rows = 0;
            for await (const { ids } of store.blocks(spec.name, 500)) rows += ids.length;
            if (spec.dimension !== undefined)
              for await (const part of store.scan(spec.name, "bucket", 0, 65_536)) rows += part.length;
            return rows;
          }),
        );
    return read;
  } catch (error) {
    if (error instanceof TermduetError) return [`ERROR ${error.message}`];
    throw error;
  }
}

async function told(ask: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await ask());
  } catch (error) {
    if (error instanceof TermduetError) return `ERROR ${error.message}`;
    throw error;
  }
}

/** Whether doctor --deep finds something wrong. */
async function isSeen(path: string): Promise<boolean> {
  try {
    return (await deepChecks(`lancedb:${path}`)).some(({ ok }) => !ok);
  } catch (error) {
    if (error instanceof TermduetError) return true;
    throw error;
  }
}

interface Truth {
  store: string;
  answers: string[];
  reads: string[];
}

/** A store with enough terms for an index of vectors, and what it answers. */
export async function wholeStore(folder: string): Promise<Truth> {
  const { ingest } = await prepared(folder, 100);
  writeTable(folder, "1", 10_500);
  const store = join(folder, "whole");
  const { code, stderr } = await runCli([...ingest("1", store), "--block-size", "4000"]);
  if (code !== 0) throw new Error(stderr);
  const truth = { store, answers: await answersOf(store), reads: await readsOfAll(store) };
  const errors = [...truth.answers, ...truth.reads].filter((said) => said.startsWith("ERROR"));
  if (errors.length > 0) throw new Error(errors[0]);
  return truth;
}

/** What was not seen, refused or told of the damage of a seed. */
export async function faultsOf(truth: Truth, copy: string, seed: number): Promise<string[]> {
  return [...(await searchFaults(truth, copy, seed)), ...(await checkFaults(truth, copy, seed))];
}

async function searchFaults(truth: Truth, copy: string, seed: number): Promise<string[]> {
  const { file, kind } = damagedCopy(truth, copy, seed);
  const found = await answersOf(copy);
  rmSync(copy, { recursive: true });
  const isAllRefused = found.length === 1 && found[0]!.startsWith("ERROR ");
  const isWrong = found.some((answer, i) => answer !== truth.answers[i] && !answer.startsWith("ERROR "));
  return isAllRefused || !isWrong ? [] : [`${kind} of ${file}: another answer, without a word`];
}

async function checkFaults(truth: Truth, copy: string, seed: number): Promise<string[]> {
  const { file, kind } = damagedCopy(truth, copy, seed);
  const faults: string[] = [];
  const reads = await readsOfAll(copy);
  const isRows = file.startsWith("rows/") && !file.endsWith(".sums");
  // What is longer than it was is read as far as it was written.
  if (isRows && kind !== "longer" && !reads.some((read) => read.startsWith("ERROR ")))
    faults.push(`${kind} of ${file}: copied and exported`);
  const seen = await isSeen(copy);
  // Bytes of the database that hold nothing.
  const isHarmless = file === "store.sqlite" && JSON.stringify(reads) === JSON.stringify(truth.reads);
  if (DISPOSABLE.test(file)) {
    const after = await answersOf(copy);
    if (JSON.stringify(after) !== JSON.stringify(truth.answers))
      faults.push(`${kind} of ${file}: not made again`);
  } else if (!seen && !isHarmless) faults.push(`${kind} of ${file}: not seen by doctor --deep`);
  rmSync(copy, { recursive: true });
  return faults;
}

function damagedCopy(truth: Truth, copy: string, seed: number): Damage {
  cpSync(truth.store, copy, { recursive: true });
  return damage(copy, seeded(seed));
}
