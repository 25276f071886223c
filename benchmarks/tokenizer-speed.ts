/**
 * Our tokenizer beside the library that it is built on, in turns, one thread.
 *
 *     node benchmarks/tokenizer-speed.ts --encoder FOLDER --strings FILE [--rounds 7]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { Tokenizer } from "../src/encoder/tokenizer.ts";

const { values: args } = parseArgs({
  options: {
    encoder: { type: "string" },
    strings: { type: "string" },
    rounds: { type: "string", default: "7" },
  },
});
if (!args.encoder || !args.strings) throw new Error("--encoder and --strings are needed");
const folder = args.encoder;
const texts = readFileSync(args.strings, "utf8").split("\n").filter(Boolean).slice(0, 20_000);
const read = (name: string): object => JSON.parse(readFileSync(join(folder, name), "utf8"));
const library = new HuggingFaceTokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
const ours = new Tokenizer(folder, 512);
const best = { library: Number.POSITIVE_INFINITY, termduet: Number.POSITIVE_INFINITY };
for (let round = 0; round < Number(args.rounds); round++) {
  for (const [name, encode] of [
    ["library", (text: string) => library.encode(text).ids],
    ["termduet", (text: string) => ours.encode(text)],
  ] as const) {
    const before = process.cpuUsage();
    for (const text of texts) encode(text);
    best[name] = Math.min(best[name], process.cpuUsage(before).user / texts.length);
  }
}
process.stdout.write(
  `${texts.length} strings, microseconds of CPU for one, best of ${args.rounds} rounds: ${JSON.stringify(best)}\n`,
);
