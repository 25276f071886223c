import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alignLexicon, type LexiconAlignment } from "../../src/alignment/align-lexicon.ts";
import { OutputFolder } from "../../src/alignment/output-folder.ts";
import { UNSPECIFIED_LICENSE } from "../../src/alignment/sssom-file.ts";
import { writeOutputs } from "../../src/alignment/write-outputs.ts";
import { readLexicon } from "../../src/terminology/lexicon.ts";
import { SAMPLE, type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FILES = [
  "alignments.csv",
  "alignments.rdf",
  "alignments.sssom.tsv",
  "joined.csv",
  "report.html",
  "summary.json",
];
const folder = temporaryFolder();
let sample: SampleStore;

beforeAll(async () => {
  sample = await sampleStore(folder.path);
  await write("first", await alignSample());
});
afterAll(async () => {
  await sample[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function alignSample(): Promise<LexiconAlignment> {
  const entries = await readLexicon(`${SAMPLE}/lexicon.tsv`);
  return alignLexicon(entries, { mode: "strong", filter: {}, exact: false }, sample);
}

async function write(name: string, alignment: LexiconAlignment): Promise<void> {
  using out = OutputFolder.begin(join(folder.path, name), false);
  await writeOutputs(out, alignment, sample.store, {
    run: {
      tool: { name: "termduet", version: "1.0.0" },
      date: "2026-01-01",
      lexicon: { file: "lexicon.tsv", sha256: "0", encoding: "utf-8", rejected: 2 },
      parameters: { mode: "strong" },
    },
    minRating: 1,
    license: UNSPECIFIED_LICENSE,
  });
  out.commit();
}

const read = (name: string, out = "first"): string => readFileSync(join(folder.path, out, name), "utf8");

describe("the results of an alignment", () => {
  test("are the contract's files", () => {
    expect(readdirSync(join(folder.path, "first")).sort()).toEqual(FILES);
  });

  test("are the same bytes for the same input", async () => {
    await write("second", await alignSample());
    for (const name of FILES) expect(read(name, "second"), name).toBe(read(name));
  });

  test("are UTF-8 without a byte order mark, with LF", () => {
    for (const name of FILES) {
      expect(read(name).startsWith("\uFEFF")).toBe(false);
      expect(read(name)).not.toContain("\r");
    }
  });
});

describe("joined.csv", () => {
  const rows = (): Record<string, string>[] => parse(read("joined.csv"), { columns: true });

  test("has every entry, and what the release says of its concept in names", () => {
    expect(rows()).toHaveLength(60);
    expect(rows()[0]).toMatchObject({
      id: "S01",
      term: "crise cardiaque",
      cui: "C0027051",
      semantic_type_tuis: "T047",
      semantic_types: "Disease or Syndrome",
      names: "ENG: Myocardial infarction | FRE: Infarctus du myocarde",
      parents: "Coronary artery disease (C1956346)",
      hierarchy: "TDSAMPLE: Disease > Cardiovascular disease > Heart disease > Coronary artery disease",
      hierarchy_count: "1",
    });
    expect(rows()[0]!["definitions"]).toContain("TDSAMPLE: Death of a piece of the heart muscle");
    expect(rows()[0]!["relations"]).toContain("Heart (C0018787) [finding site of]");
  });

  test("names every concept and every step of every hierarchy", () => {
    for (const { parents, children, relations, hierarchy } of rows()) {
      expect(`${parents}${children}${relations}`).not.toContain("?");
      expect(hierarchy).not.toMatch(/\bA\d{7,}/);
    }
  });
});

describe("alignments.rdf", () => {
  test("has a cell for each pair, names escaped", () => {
    const cells = [...read("alignments.rdf").matchAll(/<Cell>[\s\S]*?<\/Cell>/g)].map(([cell]) => cell);
    const pairs = parse(read("alignments.csv"), { columns: true }) as Record<string, string>[];
    expect(cells).toHaveLength(pairs.filter(({ rating }) => Number(rating) >= 1).length);
    expect(cells[0]).toContain('<entity1 rdf:resource="https://w3id.org/termduet/lexicon/lexicon.tsv/S01"/>');
    expect(cells[0]).toContain('<entity2 rdf:resource="https://w3id.org/termduet/dataset/sample/C0027051"/>');
    expect(cells[0]).toContain(">1.0000</measure>");
  });

  const python = "/opt/lab/venv/bin/python";
  test.skipIf(!existsSync(python))("loads with rdflib", () => {
    const script = `import rdflib,sys
g = rdflib.Graph(); g.parse(sys.argv[1])
A = rdflib.Namespace("http://knowledgeweb.semanticweb.org/heterogeneity/alignment#")
print(len(list(g.subjects(rdflib.RDF.type, A.Cell))), len(list(g.subjects(rdflib.RDF.type, A.Alignment))))`;
    const output = execFileSync(python, ["-c", script, join(folder.path, "first", "alignments.rdf")]);
    const cells = read("alignments.rdf").split("<Cell>").length - 1;
    expect(String(output).trim()).toBe(`${cells} 1`);
  });
});

describe("report.html", () => {
  test("is one file without scripts, and asks for nothing from elsewhere", () => {
    const page = read("report.html");
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|\son\w+=/i);
    expect(page.match(/href=/g)).toBeNull();
  });

  test("tells the ratings, the agreement, the scores, the lexicon and how it was made", () => {
    const page = read("report.html");
    for (const heading of ["Ratings", "Two encoders", "Scores", "The lexicon", "How this was made"])
      expect(page).toContain(`<h2>${heading}</h2>`);
    expect(page).toContain("2 rows could not be read");
    expect(page.match(/<svg/g)!.length).toBeGreaterThanOrEqual(7);
    for (const [, path] of page.matchAll(/ d="([^"]*)"/g)) expect(path).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  });
});
