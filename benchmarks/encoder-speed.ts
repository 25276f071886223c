/**
 * Encoders of one checkpoint beside those that people use from Python: same machine, same cores, same strings, in turns.
 *
 *     node benchmarks/encoder-speed.ts --checkpoint DIR --encoders FOLDER,FOLDER --strings FILE --calibration FILE
 *       [--python venv/bin/python --peers METHOD,METHOD --work DIR] [--prefix TEXT] [--count 2000] [--judged 5000] [--rounds 5] [--out benchmarks/out]
 *
 * Encoders are folders that `termduet optimize` wrote; the first is float32. FILE holds one string a line. `benchmarks/peers/requirements.txt`
 * says what the Python has to hold. Writes encoder-speed.json and encoder-speed.md.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cpuFeatures } from "../src/encoder/cpu-features.ts";
import { readEncoderFolder } from "../src/encoder/encoder-manifest.ts";
import { Tokenizer } from "../src/encoder/tokenizer.ts";
import { type GemmShare, gemmShare } from "./support/gemm-rate.ts";
import { OwnEncoder } from "./support/own-encoder.ts";
import { PythonPeer } from "./support/python-peer.ts";

/** One that is measured: encodes a file of strings, whoever runs it. */
export interface Contender {
  readonly name: string;
  readonly sizeBytes: number;
  /** Seconds for the strings of a file; their vectors go to `out`, float32. */
  encode(file: string, out?: string): Promise<{ seconds: number; rssMb: number }>;
  close(): Promise<void>;
}

interface Row {
  name: string;
  sizeMb: number;
  stringsPerSecond: number;
  /** Lowest and highest of all rounds. */
  range: [number, number];
  rssMb: number;
  cosineMean: number;
  cosineP1: number;
}

// The paper's own setting takes a tenth of a second a string.
const PAPER = "torch-paper";
const PAPER_STRINGS = 20;

const { values: args } = parseArgs({
  options: {
    checkpoint: { type: "string" },
    encoders: { type: "string", default: "" },
    strings: { type: "string" },
    calibration: { type: "string", default: "" },
    python: { type: "string" },
    peers: {
      type: "string",
      default:
        "torch-paper,sentence-transformers,sentence-transformers-onnx,sentence-transformers-onnx-qint8,sentence-transformers-openvino-qint8,ort-dynamic-sorted-64,ort-fused-dynamic-sorted-64,fastembed",
    },
    work: { type: "string", default: ".termduet/peers" },
    prefix: { type: "string", default: "" },
    threads: { type: "string", default: String(cpuFeatures().cores) },
    count: { type: "string", default: "2000" },
    judged: { type: "string", default: "5000" },
    rounds: { type: "string", default: "5" },
    out: { type: "string", default: "benchmarks/out" },
  },
});
if (!args.checkpoint || !args.strings || !args.encoders)
  throw new Error("--checkpoint, --encoders and --strings are needed");

const threads = Number(args.threads);
const all = readFileSync(args.strings, "utf8").split("\n").filter(Boolean);
const scratch = mkdtempSync(join(tmpdir(), "termduet-bench-"));
const listFile = (name: string, lines: readonly string[]): string => {
  const path = join(scratch, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
};
const judged = listFile("judged.txt", all.slice(0, Number(args.judged)));
const timedStrings = all.slice(-Number(args.count));
const timed = listFile("timed.txt", timedStrings);
const few = listFile("few.txt", all.slice(-PAPER_STRINGS));

const folders = args.encoders
  .split(",")
  .filter(Boolean)
  .map((folder) => resolve(folder));
const float32 = readEncoderFolder(folders[0]!);
const contenders: Contender[] = [];
for (const folder of folders) contenders.push(await OwnEncoder.start(readEncoderFolder(folder), threads));
const python = args.python;
if (python !== undefined)
  for (const method of args.peers.split(",").filter(Boolean)) {
    const { checkpoint, calibration, work, prefix } = args;
    contenders.push(
      await PythonPeer.start(python, method, { checkpoint, work, threads, calibration, prefix }),
    );
  }

const reference = join(scratch, "reference.f32");
const rows: Row[] = [];
const speeds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
const memory = new Map<string, number>();
const cosines = new Map<string, { mean: number; p1: number }>();
try {
  for (const [i, contender] of contenders.entries()) {
    if (contender.name === PAPER) continue;
    const out = i === 0 ? reference : join(scratch, `${contender.name}.f32`);
    await contender.encode(judged, out);
    cosines.set(contender.name, cosinesOf(floats(reference), floats(out), float32.manifest.dimension));
    if (i > 0) rmSync(out);
  }
  for (let round = 0; round < Number(args.rounds); round++) {
    // The order turns round, so that what else the machine does meets all.
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const isPaper = contender.name === PAPER;
      const { seconds, rssMb } = await contender.encode(isPaper ? few : timed);
      speeds.get(contender.name)!.push((isPaper ? PAPER_STRINGS : Number(args.count)) / seconds);
      process.stderr.write(`round ${round + 1}, ${contender.name}: ${seconds.toFixed(2)} s\n`);
      memory.set(contender.name, Math.max(memory.get(contender.name) ?? 0, rssMb));
    }
  }
} finally {
  for (const contender of contenders) await contender.close();
}
for (const { name, sizeBytes } of contenders) {
  const sorted = speeds.get(name)!.toSorted((a, b) => a - b);
  rows.push({
    name,
    sizeMb: sizeBytes / 1e6,
    stringsPerSecond: sorted[Math.floor(sorted.length / 2)]!,
    range: [sorted[0]!, sorted.at(-1)!],
    rssMb: memory.get(name)!,
    cosineMean: cosines.get(name)?.mean ?? 1,
    cosineP1: cosines.get(name)?.p1 ?? 1,
  });
}
const shares: Record<string, GemmShare> = {};
for (const folder of folders.slice(1))
  shares[basename(folder)] = await gemmShare(readEncoderFolder(folder), all.slice(0, 1000));
rmSync(scratch, { recursive: true });

const tokenizer = new Tokenizer(float32.folder, float32.manifest.maxTokens);
const lengths = (await tokenizer.encode(timedStrings.map((text) => args.prefix + text))).map(
  (ids) => ids.length,
);
const meanTokens = lengths.reduce((sum, v) => sum + v, 0) / lengths.length;

const result = {
  at: new Date().toISOString(),
  checkpoint: basename(resolve(args.checkpoint)),
  cpu: cpuFeatures(),
  threads,
  node: process.version,
  strings: {
    judged: Number(args.judged),
    timed: Number(args.count),
    rounds: Number(args.rounds),
    prefix: args.prefix,
    meanTokens,
  },
  rows,
  int8Gemm: shares,
};
mkdirSync(args.out, { recursive: true });
writeFileSync(join(args.out, "encoder-speed.json"), `${JSON.stringify(result, null, 2)}\n`);
const table = [
  "| encoder | strings/s (median of rounds) | cosine mean | p1 | file MB | RSS MB |",
  "|---|---|---|---|---|---|",
  ...rows.map(
    (row) =>
      `| ${row.name} | ${speed(row.stringsPerSecond)} (${row.range.map(speed).join("–")}) | ${row.cosineMean.toFixed(4)} | ${row.cosineP1.toFixed(4)} | ${row.sizeMb.toFixed(1)} | ${row.rssMb.toFixed(0)} |`,
  ),
  `\nThe strings that were timed have ${meanTokens.toFixed(1)} tokens on average.`,
  ...Object.entries(shares).map(
    ([name, { encoderGops, gemmGops }]) =>
      `\n${name}, one thread: ${encoderGops.toFixed(0)} GOPS in its linear layers from end to end, ${((100 * encoderGops) / gemmGops).toFixed(0)} % of the ${gemmGops.toFixed(0)} GOPS of its own products alone.`,
  ),
];
writeFileSync(join(args.out, "encoder-speed.md"), `${table.join("\n")}\n`);
console.log(table.join("\n"));

function speed(stringsPerSecond: number): string {
  return stringsPerSecond.toFixed(stringsPerSecond < 100 ? 1 : 0);
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, statSync(path).size / 4);
}

function cosinesOf(a: Float32Array, b: Float32Array, dimension: number): { mean: number; p1: number } {
  const found: number[] = [];
  for (let start = 0; start < a.length; start += dimension) {
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = start; i < start + dimension; i++) {
      ab += a[i]! * b[i]!;
      aa += a[i]! * a[i]!;
      bb += b[i]! * b[i]!;
    }
    found.push(ab / Math.sqrt(aa * bb));
  }
  found.sort((x, y) => x - y);
  return {
    mean: found.reduce((sum, v) => sum + v, 0) / found.length,
    p1: found[Math.floor(0.01 * found.length)]!,
  };
}
