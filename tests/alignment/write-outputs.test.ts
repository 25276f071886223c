import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alignLexicon, type LexiconAlignment } from "../../src/alignment/align-lexicon.ts";
import { DEFAULT_MATCHER } from "../../src/alignment/matching/default-matcher.ts";
import { OutputFolder } from "../../src/alignment/output-folder.ts";
import { UNSPECIFIED_LICENSE } from "../../src/alignment/sssom-file.ts";
import type { CsvDialect } from "../../src/alignment/table-file.ts";
import { writeOutputs } from "../../src/alignment/write-outputs.ts";
import { readCandidates } from "../../src/evaluation/datasets/candidate-lists.ts";
import { readMappings } from "../../src/evaluation/mappings/read-mappings.ts";
import { openReviewSheet } from "../../src/review/review-sheet.ts";
import { readLexicon } from "../../src/terminology/lexicon/lexicon.ts";
import { hasPython, PYTHON, sssom, why } from "../support/python.ts";
import { SAMPLE, type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FILES = [
  "alignments.csv",
  "alignments.parquet",
  "alignments.rdf",
  "alignments.sssom.tsv",
  "alignments.xlsx",
  "candidates.jsonl",
  "conceptmap.json",
  "conceptmap.r5.json",
  "joined.csv",
  "report.html",
  "source_to_concept_map.csv",
  "summary.json",
  "usagi.csv",
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
  return alignLexicon(
    entries,
    { mode: "strong", filter: {}, exact: false, matcher: DEFAULT_MATCHER, choice: "all" },
    sample,
  );
}

async function write(name: string, alignment: LexiconAlignment, csvFor?: CsvDialect): Promise<void> {
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
    csvFor,
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
    for (const name of FILES.filter((file) => !/\.(?:xlsx|parquet)$/.test(file))) {
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
    expect(cells[0]).toMatch(/>0\.9\d{3}<\/measure>/);
  });

  test.skipIf(!hasPython("rdflib"))(`loads with rdflib${why("rdflib")}`, () => {
    const script = `import rdflib,sys
g = rdflib.Graph(); g.parse(sys.argv[1])
A = rdflib.Namespace("http://knowledgeweb.semanticweb.org/heterogeneity/alignment#")
print(len(list(g.subjects(rdflib.RDF.type, A.Cell))), len(list(g.subjects(rdflib.RDF.type, A.Alignment))))`;
    const output = execFileSync(PYTHON, ["-c", script, join(folder.path, "first", "alignments.rdf")]);
    const cells = read("alignments.rdf").split("<Cell>").length - 1;
    expect(String(output).trim()).toBe(`${cells} 1`);
  });
});

describe("alignments.sssom.tsv", () => {
  test.skipIf(!hasPython("sssom"))(
    `is valid for sssom-py${why("sssom")}`,
    () => {
      const types = ["JsonSchema", "PrefixMapCompleteness", "StrictCurieFormat"].flatMap((type) => [
        "-V",
        type,
      ]);
      const path = join(folder.path, "first", "alignments.sssom.tsv");
      expect(sssom("validate", ...types, path)).not.toMatch(/error/i);
      const parsed = sssom("parse", path, "-I", "tsv", "--strict-clean-prefixes");
      expect(parsed).toContain("semapv:CompositeMatching");
    },
    240_000,
  );
});

describe("conceptmap.json", () => {
  const map = (): Record<string, never> => JSON.parse(read("conceptmap.json"));

  test("has an element for each entry, unmatched where there is no pair", () => {
    const [group] = map()["group"] as unknown as {
      element: { code: string; target: { equivalence: string }[] }[];
    }[];
    expect(group!.element).toHaveLength(60);
    expect(group!.element[0]).toMatchObject({
      code: "S01",
      display: "crise cardiaque",
      target: [{ code: "C0027051", equivalence: "equivalent" }],
    });
  });

  test.skipIf(!hasPython("fhir.resources"))(`is a ConceptMap of FHIR R4${why("fhir.resources")}`, () => {
    const script = `import sys
from fhir.resources.R4B.conceptmap import ConceptMap
print(len(ConceptMap.model_validate_json(open(sys.argv[1]).read()).group[0].element))`;
    const output = execFileSync(PYTHON, ["-c", script, join(folder.path, "first", "conceptmap.json")]);
    expect(String(output).trim()).toBe("60");
  });
});

describe("candidates.jsonl", () => {
  test("has both encoders' candidates of every entry, the merged pair's first", () => {
    const lines = read("candidates.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const pairs = parse(read("alignments.csv"), { columns: true }) as Record<string, string>[];
    expect(lines.map(({ id }) => id)).toEqual(pairs.map(({ id }) => id));
    for (const [i, { ranking, candidates, merged }] of lines.entries()) {
      expect(merged.cui).toBe(pairs[i]!["cui"]);
      expect(ranking[0].cui).toBe(merged.cui);
      for (const encoder of ["tiny-bert", "tiny-xlmr"]) {
        const list = candidates[encoder] as { cui: string; rank: number }[];
        expect(list.slice(0, 2).map(({ rank }) => rank)).toEqual([1, 2]);
        expect(list.map(({ cui }) => cui).sort()).toEqual(
          ranking.map(({ cui }: { cui: string }) => cui).sort(),
        );
      }
    }
    expect(lines[0].ranking[0]).toEqual({
      cui: "C0027051",
      name: "Myocardial infarction",
      semanticTypes: [{ tui: "T047", name: "Disease or Syndrome" }],
      probability: expect.any(Number),
      matchType: "exact",
    });
  });

  test("can be opened for a review, and ranked by an evaluation", async () => {
    const sheet = await openReviewSheet(join(folder.path, "first"));
    expect(sheet.entries).toHaveLength(60);
    expect(sheet.entries[0]!.candidates["tiny-bert"]![0]!.rank).toBe(1);
    const lists = await readCandidates(join(folder.path, "first"));
    expect(lists!.get("S01")![0]).toBe("C0027051");
  });
});

describe("source_to_concept_map.csv", () => {
  test("has OMOP's columns, and a row for each entry", () => {
    const rows = parse(read("source_to_concept_map.csv"), { columns: true }) as Record<string, string>[];
    expect(rows[0]).toEqual({
      source_code: "S01",
      source_concept_id: "0",
      source_vocabulary_id: "lexicon",
      source_code_description: "crise cardiaque",
      target_concept_id: "0",
      target_vocabulary_id: "None",
      valid_start_date: "2026-01-01",
      valid_end_date: "2099-12-31",
      invalid_reason: "",
    });
  });
});

describe("outputs for people and for other programs, read back by others", () => {
  const path = (name: string): string => join(folder.path, "first", name);
  const python = (script: string, ...args: string[]): string =>
    execFileSync(PYTHON, ["-c", script, ...args], { encoding: "utf8" }).trim();
  const pairs = (): Record<string, string>[] => parse(read("alignments.csv"), { columns: true });

  test("alignments.xlsx has every entry in French, texts and numbers alone, a filter and a header that stays", async () => {
    const { readSheet } = await import("read-excel-file/node");
    const rows = await readSheet(path("alignments.xlsx"));
    expect(rows).toHaveLength(61);
    expect(rows[0]!.slice(0, 8)).toEqual([
      "Identifiant",
      "Terme",
      "Explication",
      "Accepté",
      "Concept",
      "Code",
      "Note (0–5)",
      "Probabilité",
    ]);
    expect(rows[1]).toEqual(
      expect.arrayContaining(["S01", "crise cardiaque", "oui", "Infarctus du myocarde", "C0027051", 5]),
    );
    expect(rows.slice(1).map(([id]) => id)).toEqual(pairs().map(({ id }) => id));
  });

  test.skipIf(!hasPython("openpyxl"))(`alignments.xlsx opens with openpyxl${why("openpyxl")}`, () => {
    const script = `import openpyxl,sys
s = openpyxl.load_workbook(sys.argv[1]).active
print(s.max_row, s.auto_filter.ref, s.freeze_panes, s["B2"].value, s["E2"].value, {c.data_type for r in s for c in r} <= {"s","n","inlineStr"})`;
    expect(python(script, path("alignments.xlsx"))).toBe(
      "61 A1:P61 A2 crise cardiaque Infarctus du myocarde True",
    );
  });

  test.skipIf(!hasPython("pyarrow"))(
    `alignments.parquet is what alignments.csv says, for pyarrow${why("pyarrow")}`,
    () => {
      const script = `import pyarrow.parquet as q,sys,json
t = q.read_table(sys.argv[1]); print(json.dumps({"rows": t.to_pylist()[:60], "types": {f.name: str(f.type) for f in t.schema}}))`;
      const { rows, types } = JSON.parse(python(script, path("alignments.parquet")));
      expect(types).toMatchObject({ id: "string", rating: "int32", probability: "double", accepted: "bool" });
      const shown = rows.map((row: Record<string, unknown>) => [
        row["id"],
        row["cui"] ?? "",
        row["rating"],
        String(row["accepted"]),
      ]);
      expect(shown).toEqual(
        pairs().map((row) => [row["id"], row["cui"], Number(row["rating"]), row["accepted"]]),
      );
    },
  );

  test.skipIf(!hasPython("fhir.resources"))(
    `conceptmap.r5.json is a ConceptMap of FHIR R5${why("fhir.resources")}`,
    () => {
      const script = `import sys
from fhir.resources.conceptmap import ConceptMap
m = ConceptMap.model_validate_json(open(sys.argv[1]).read())
print(len(m.group[0].element), m.group[0].element[0].target[0].relationship)`;
      expect(python(script, path("conceptmap.r5.json"))).toBe("60 equivalent");
    },
  );

  test("a ConceptMap has another canonical url for another result", async () => {
    const url = (out: string): string => JSON.parse(read("conceptmap.json", out)).url;
    const other = await alignSample();
    other.entries[0]!.merged!.concept = { ...other.entries[0]!.merged!.concept, cui: "C0000001" };
    await write("third", other);
    expect(url("third")).not.toBe(url("first"));
    expect(JSON.parse(read("conceptmap.r5.json")).url).toBe(url("first"));
  });

  test("usagi.csv has Usagi's columns; what no person has rated is not approved", () => {
    const rows = parse(read("usagi.csv"), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(60);
    expect(Object.keys(rows[0]!).slice(0, 6)).toEqual([
      "sourceCode",
      "sourceName",
      "sourceFrequency",
      "sourceAutoAssignedConceptIds",
      "matchScore",
      "mappingStatus",
    ]);
    expect(new Set(rows.map((row) => row["mappingStatus"]))).toEqual(new Set(["UNCHECKED"]));
  });

  test.each(["alignments.csv", "alignments.sssom.tsv", "alignments.rdf", "usagi.csv", "."])(
    "%s is read by evaluate as the pairs that were taken",
    async (name) => {
      const taken = pairs().filter(({ accepted, rating }) => accepted === "true" && Number(rating) > 0);
      const { mappings } = await readMappings(name === "." ? join(folder.path, "first") : path(name));
      const same = mappings.filter(({ relation }) => relation === "same");
      expect(same.map(({ subject, object }) => `${subject} ${object}`).sort()).toEqual(
        taken.map(({ id, cui }) => `${id} ${cui}`).sort(),
      );
    },
  );

  test.each([
    ["excel-en", ","],
    ["excel-fr", ";"],
  ] as const)(
    "CSV for %s has a mark, its separator and its decimals, and is read back as the same",
    async (csvFor, separator) => {
      await write(csvFor, await alignSample(), csvFor);
      const text = read("alignments.csv", csvFor);
      expect(text.startsWith(`\uFEFFid${separator}term${separator}`)).toBe(true);
      expect(text).toContain("\r\n");
      expect(text.split("\r\n")[1]).toMatch(csvFor === "excel-fr" ? /;0,\d+;/ : /,0\.\d+,/);
      const [there, here] = [
        await readMappings(join(folder.path, csvFor)),
        await readMappings(join(folder.path, "first")),
      ];
      expect(there).toEqual(here);
    },
  );
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
