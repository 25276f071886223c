/**
 * What tokenizing costs, by the number of texts that are given at once, one thread.
 *
 *     node benchmarks/tokenizer-speed.ts --encoder FOLDER --strings FILE [--rounds 7]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Tokenizer } from "../src/encoder/tokenizer.ts";

const { values: args } = parseArgs({
  options: {
    encoder: { type: "string" },
    strings: { type: "string" },
    rounds: { type: "string", default: "7" },
  },
});
if (!args.encoder || !args.strings) throw new Error("--encoder and --strings are needed");
const texts = readFileSync(args.strings, "utf8").split("\n").filter(Boolean).slice(0, 20_000);
const tokenizer = new Tokenizer(args.encoder, 512);
const best: Record<string, number> = {};
for (let round = 0; round < Number(args.rounds); round++) {
  for (const size of [1, 16, 64, 256]) {
    const before = process.cpuUsage();
    for (let at = 0; at < texts.length; at += size) await tokenizer.encode(texts.slice(at, at + size));
    const { user, system } = process.cpuUsage(before);
    best[size] = Math.min(best[size] ?? Number.POSITIVE_INFINITY, (user + system) / texts.length);
  }
}
process.stdout.write(
  `${texts.length} strings, microseconds of CPU for one by the size of the batch, best of ${args.rounds} rounds: ${JSON.stringify(best)}\n`,
);
