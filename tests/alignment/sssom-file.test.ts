import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Identifiers } from "../../src/alignment/identifiers.ts";
import { UNSPECIFIED_LICENSE, writeSssom } from "../../src/alignment/sssom-file.ts";
import { hasPython, sssom, why } from "../support/python.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { aligned, alignmentOf, both, concept, lexiconEntry, sixEntries } from "./support/hand-made.ts";

function write(path: string, entries = sixEntries(), minRating = 1, dataset = "umls"): string {
  const identifiers = new Identifiers({ dataset, lexicon: "six.tsv" });
  writeSssom(path, alignmentOf(entries, dataset), {
    identifiers,
    minRating,
    license: UNSPECIFIED_LICENSE,
    date: "2026-01-01",
    toolVersion: "1.0.0",
  });
  return readFileSync(path, "utf8");
}

function written(...options: Parameters<typeof write> extends [string, ...infer Rest] ? Rest : never) {
  using folder = temporaryFolder();
  const lines = write(join(folder.path, "a.sssom.tsv"), ...options)
    .trimEnd()
    .split("\n");
  const header = lines.filter((line) => line.startsWith("#"));
  const [columns, ...body] = lines.slice(header.length).map((line) => line.split("\t"));
  const rows = body.map((cells) => Object.fromEntries(columns!.map((name, i) => [name, cells[i]!])));
  return { header, columns: columns!, body, rows };
}

// Canonical order of the slots that can appear, from the specification.
const CANONICAL =
  "subject_id subject_label predicate_id object_id object_label mapping_justification confidence match_string similarity_score similarity_measure other comment";

describe("alignments.sssom.tsv", () => {
  test("has the slots in canonical order, and none that is empty in every row", () => {
    const { columns, rows } = written();
    expect(CANONICAL.split(" ").filter((slot) => columns.includes(slot))).toEqual(columns);
    for (const slot of columns) expect(rows.some((row) => row[slot] !== "")).toBe(true);
  });

  test("declares every prefix that it uses, and no built-in one", () => {
    const { header, rows } = written();
    const declared = header.flatMap((line) => /^# {2}([A-Za-z]+): "http/.exec(line)?.[1] ?? []);
    expect(declared).toEqual(["LEXICON", "UMLS", "termduet"]);
    const builtIn = ["skos", "semapv", "sssom"];
    for (const row of rows)
      for (const slot of ["subject_id", "predicate_id", "object_id", "mapping_justification"])
        expect([...declared, ...builtIn]).toContain(row[slot]!.split(":")[0]);
  });

  test("names its subjects by the lexicon's ids, by their terms where it has none", () => {
    const { header, rows } = written();
    expect(header).toContain('#  LEXICON: "https://w3id.org/termduet/lexicon/six.tsv/"');
    expect(header.join()).not.toContain("literal");
    expect(new Set(rows.map((row) => row["subject_id"])).size).toBe(6);
    const numbered = written([
      aligned(lexiconEntry("toux", { id: "L000001" }), both(concept("C1", "Cough", [5, 5])), 0),
    ]);
    expect(numbered.header).toContain("#subject_type: rdfs literal");
    expect(numbered.columns[0]).toBe("subject_label");
    const curie = written([
      aligned(lexiconEntry("toux", { id: "DOID:1816" }), both(concept("C1", "Cough", [5, 5])), 0),
    ]);
    expect(curie.rows[0]!["subject_id"]).toBe("DOID:1816");
  });

  test("names the release and the tool", () => {
    const { header } = written();
    expect(header).toContain('#object_source_version: "2024AB"');
    expect(header).toContain("#object_source: termduet:dataset/umls");
    expect(header).toContain('#mapping_date: "2026-01-01"');
    expect(header.join("\n")).toMatch(
      /#mapping_set_id: "https:\/\/w3id\.org\/termduet\/mapping-set\/[0-9a-f-]{36}"/,
    );
  });

  test("has a row for each encoder's evidence, one for the same name, one for the merged pair", () => {
    const { rows } = written();
    const first = rows.filter((row) => row["subject_label"] === "crise cardiaque");
    expect(first.map((row) => row["mapping_justification"]).sort()).toEqual([
      "semapv:CompositeMatching",
      "semapv:LexicalMatching",
      "semapv:SemanticSimilarityThresholdMatching",
      "semapv:SemanticSimilarityThresholdMatching",
    ]);
    expect(first.map((row) => row["similarity_measure"]).filter(Boolean)).toEqual([
      "cosine (enc-b)",
      "cosine (enc-a)",
    ]);
    const second = rows.filter((row) => row["subject_label"] === "mal de tête");
    expect(second.map((row) => `${row["object_id"]} ${row["mapping_justification"]}`)).toEqual([
      "UMLS:C0149931 semapv:SemanticSimilarityThresholdMatching",
      "UMLS:C0018681 semapv:CompositeMatching",
      "UMLS:C0018681 semapv:SemanticSimilarityThresholdMatching",
    ]);
  });

  test("says exact, close or related by the rating", () => {
    const { rows } = written();
    const predicates = new Map(
      rows
        .filter((row) => row["mapping_justification"] === "semapv:CompositeMatching")
        .map((row) => [row["other"], row["predicate_id"]]),
    );
    expect([...predicates].sort()).toEqual([
      ["lexicon_id=1", "skos:exactMatch"],
      ["lexicon_id=2", "skos:exactMatch"],
      ["lexicon_id=3", "skos:exactMatch"],
      ["lexicon_id=4", "skos:closeMatch"],
      ["lexicon_id=5", "skos:relatedMatch"],
      ["lexicon_id=6", "skos:exactMatch"],
    ]);
  });

  test("says that no term was found, where there is none or its rating is too low", () => {
    const found = (minRating: number): string[] =>
      written(sixEntries(), minRating).rows.flatMap((row) =>
        row["object_id"] === "sssom:NoTermFound" ? row["other"]! : [],
      );
    expect(found(1)).toEqual(["lexicon_id=6"]);
    expect(found(4).sort()).toEqual(["lexicon_id=5", "lexicon_id=6"]);
    const { rows } = written(sixEntries(), 4);
    expect(rows.filter((row) => row["other"] === "lexicon_id=5")).toHaveLength(1);
  });

  test("has scores from 0 to 1 with at most three decimals", () => {
    for (const row of written().rows)
      for (const slot of ["confidence", "similarity_score"])
        if (row[slot]) expect(row[slot]).toMatch(/^(0|1|0\.\d{1,3})$/);
  });

  test("is sorted by its columns", () => {
    const { body } = written();
    const keys = body.map((cells) => cells.map((cell) => (cell === "" ? "\u{10ffff}" : cell)).join("\u0000"));
    expect(keys).toEqual(keys.toSorted());
  });

  test("keeps terms with quotes, tabs and hash signs readable", () => {
    const entry = lexiconEntry('#1 "le\tmal"', { id: "a|b" });
    const { body } = written([aligned(entry, both(concept("C1", "Cough", [5, 5])), 0)]);
    expect(body[0]![1]).toBe('"#1 ""le mal"""');
    expect(body[0]!.join(" ")).toContain("lexicon_id=a\\|b");
    expect(written([aligned(lexiconEntry("#1"), both(concept("C1", "x", [5, 5])), 0)]).body[0]![1]).toBe(
      '"#1"',
    );
  });

  test("names concepts of an ontology by its own prefix", () => {
    const best = both(concept("HP:0001658", "Myocardial infarction", [5, 5]));
    const { header, rows } = written([aligned(lexiconEntry("infarctus"), best, 0)], 1, "hpo");
    expect(header).toContain('#  HP: "http://purl.obolibrary.org/obo/HP_"');
    expect(rows[0]!["object_id"]).toBe("HP:0001658");
  });
});

describe.skipIf(!hasPython("sssom"))(`sssom-py${why("sssom")}`, () => {
  test("finds the file valid by schema, by prefixes and by strict CURIEs", () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "a.sssom.tsv");
    write(path, [...sixEntries(), aligned(lexiconEntry("#5"), both(concept("HP:1", "x|y", [5, 5])), 0)]);
    const types = ["JsonSchema", "PrefixMapCompleteness", "StrictCurieFormat"].flatMap((type) => [
      "-V",
      type,
    ]);
    const output = sssom("validate", ...types, path);
    expect(output).not.toMatch(/error/i);
    const parsed = sssom("parse", path, "-I", "tsv", "--strict-clean-prefixes");
    expect(parsed.split("\n").filter((line) => /semapv:\w+Matching/.test(line))).toHaveLength(19);
  }, 240_000);
});
