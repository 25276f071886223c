import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { conceptKey } from "../../src/evaluation/mappings/concept-key.ts";
import type { MappingFile } from "../../src/evaluation/mappings/mapping.ts";
import { readMappings } from "../../src/evaluation/mappings/read-mappings.ts";
import {
  bestThreshold,
  f1Difference,
  judgeMappings,
  mappingScores,
  type SubjectJudgement,
} from "../../src/evaluation/metrics/mapping-scores.ts";
import { seededRandom } from "../../src/evaluation/metrics/seeded-random.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

function file(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const strict = { alternatives: false, partial: false };

/** Rows `subject object score`, a `?` before the object for an unsure pair. */
function mappings(...rows: string[]): MappingFile {
  const parsed = rows.map((row) => {
    const [subject, object, score = "1"] = row.split(" ");
    const relation = object!.startsWith("?") ? ("unsure" as const) : ("same" as const);
    return { subject: subject!, object: object!.replace("?", ""), relation, score: Number(score) };
  });
  return { mappings: parsed, subjects: new Set(parsed.map(({ subject }) => subject)), alternatives: false };
}

describe("precision, recall and F1 of mappings", () => {
  const reference = mappings("a X", "b Y", "c Z", "d W", "d V", "e ?U");

  test("are worked out by hand", () => {
    // a right, b wrong, d one of two, e not judged, f not in the reference: 2 of 4 judged, 2 of 5 wanted.
    const found = mappings("a X", "b N", "d W", "e U", "f F");
    const scores = mappingScores(judgeMappings(found, reference, strict));
    expect(scores).toMatchObject({ right: 2, judged: 4, wanted: 5 });
    expect(scores.precision.value).toBe(0.5);
    expect(scores.recall.value).toBe(0.4);
    expect(scores.f1.value).toBeCloseTo((2 * 0.5 * 0.4) / 0.9, 12);
    expect(scores.f1.low).toBeLessThan(scores.f1.value);
    expect(scores.f1.high).toBeGreaterThan(scores.f1.value);
  });

  test("count entries where an entry's concepts are alternatives, and a second right one is no mistake", () => {
    const found = mappings("a X", "d W", "d V");
    const scores = mappingScores(judgeMappings(found, reference, { ...strict, alternatives: true }));
    expect(scores).toMatchObject({ right: 2, judged: 2, wanted: 4 });
  });

  test("look at the entries alone that a partial reference names", () => {
    const found = mappings("a X", "f F", "e N");
    const scores = mappingScores(judgeMappings(found, reference, { ...strict, partial: true }));
    expect(scores).toMatchObject({ right: 1, judged: 2, wanted: 5 }); // e is named: its N is wrong, its U unsure
  });

  test("at a threshold leave out what scores less, and the best threshold is found by trying all", () => {
    const random = seededRandom(9);
    for (let round = 0; round < 20; round++) {
      const judgements = Array.from({ length: 30 }, (_, i): SubjectJudgement => {
        const answers = Array.from({ length: Math.floor(3 * random()) }, () => ({
          score: Math.floor(10 * random()) / 10,
          right: random() < 0.5,
        })).sort((a, b) => b.score - a.score);
        return { subject: String(i), answers, wanted: Math.floor(3 * random()) };
      });
      const tried = [...Array(10).keys()].map((tenth) => mappingScores(judgements, tenth / 10).f1.value);
      const best = bestThreshold(judgements);
      expect(best.f1).toBeCloseTo(Math.max(...tried), 12);
      expect(mappingScores(judgements, best.threshold).f1.value).toBeCloseTo(best.f1, 12);
    }
  });

  test("differ by an interval that is above zero when one is better throughout", () => {
    const subjects = Array.from({ length: 60 }, (_, i) => `s${i}`);
    const gold = mappings(...subjects.map((s) => `${s} ${s}!`));
    const good = judgeMappings(
      mappings(...subjects.map((s, i) => `${s} ${i % 10 ? `${s}!` : "no"}`)),
      gold,
      strict,
    );
    const bad = judgeMappings(
      mappings(...subjects.map((s, i) => `${s} ${i % 2 ? `${s}!` : "no"}`)),
      gold,
      strict,
    );
    const difference = f1Difference(good, bad, { a: 0, b: 0 });
    expect(difference.value).toBeCloseTo(0.9 - 0.5, 12);
    expect(difference.low).toBeGreaterThan(0.2);
    const none = f1Difference(good, judgeMappings(mappings(), gold, strict), { a: 0, b: 0 });
    expect(none.value).toBeCloseTo(0.9, 12);
  });
});

describe("mappings", () => {
  test("are the same from a table, from SSSOM and from the OAEI's format", async () => {
    const table = file("m.csv", "id,cui,probability\n1,C0027051,0.9\n2,,\n3,HP:0001658,0.4\n");
    const sssom = file(
      "m.sssom.tsv",
      `#curie_map:
#  HP: http://purl.obolibrary.org/obo/HP_
#  UMLS: "https://uts.nlm.nih.gov/uts/umls/concept/"
#mapping_set_id: https://example.org/x
#mapping_tool: Termduet
subject_label	predicate_id	object_id	mapping_justification	confidence	other
crise	skos:exactMatch	UMLS:C0027051	semapv:CompositeMatching	0.9	lexicon_id=1
crise	skos:exactMatch	UMLS:C0000001	semapv:LexicalMatching	1	lexicon_id=1
rien	skos:exactMatch	sssom:NoTermFound	semapv:CompositeMatching	0.8	lexicon_id=2
mal	skos:closeMatch	HP:0001658	semapv:CompositeMatching	0.4	lexicon_id=3
`,
    );
    const cell = (entry: string, concept: string, measure: string): string =>
      `<map><Cell><entity1 rdf:resource="urn:termduet:lexicon:x:${entry}"/><entity2 rdf:resource="${concept}"/><measure rdf:datatype="xsd:float">${measure}</measure><relation>=</relation></Cell></map>`;
    const rdf = file(
      "m.rdf",
      `<rdf:RDF xmlns="http://knowledgeweb.semanticweb.org/heterogeneity/alignment#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><Alignment>${cell("1", "https://uts.nlm.nih.gov/uts/umls/concept/C0027051", "0.9")}${cell("3", "http://purl.obolibrary.org/obo/HP_0001658", "0.4")}</Alignment></rdf:RDF>`,
    );
    const same = { relation: "same" };
    for (const path of [table, sssom, rdf]) {
      expect((await readMappings(path)).mappings).toEqual([
        { subject: "1", object: "C0027051", score: 0.9, ...same },
        { subject: "3", object: "HP:0001658", score: 0.4, ...same },
      ]);
    }
    expect((await readMappings(sssom)).subjects).toEqual(new Set(["1", "2", "3"]));
  });

  test("that align shows and does not take are none", async () => {
    const shown = file("shown.csv", "id,cui,probability,accepted\na,C1,0.9,true\nb,C2,0.1,false\n");
    const { mappings: found, subjects } = await readMappings(shown);
    expect(found.map(({ subject }) => subject)).toEqual(["a"]);
    expect([...subjects]).toEqual(["a", "b"]);
  });

  test("of a reference are alternatives where a cell holds several", async () => {
    const { mappings: found, alternatives } = await readMappings(
      file("alt.tsv", "id\tcuis\n1\tC1|C2\n2\tC3\n"),
    );
    expect(alternatives).toBe(true);
    expect(found.map(({ object }) => object)).toEqual(["C1", "C2", "C3"]);
  });

  test("that are broader, related, or the OAEI's question marks are neither right nor wrong", async () => {
    const sssom = file(
      "ref.sssom.tsv",
      "subject_id\tpredicate_id\tobject_id\tmapping_justification\nDOID:1\tskos:broadMatch\tMONDO:2\tsemapv:ManualMappingCuration\nDOID:1\tskos:exactMatch\tMONDO:1\tsemapv:ManualMappingCuration\n",
    );
    expect((await readMappings(sssom)).mappings.map(({ object, relation }) => [object, relation])).toEqual([
      ["MONDO:0000002", "unsure"],
      ["MONDO:0000001", "same"],
    ]);
    const rdf = file(
      "ref.rdf",
      '<a><Cell><entity1 resource="http://x/a#1"/><entity2 resource="http://x/b#2"/><relation>?</relation></Cell></a>',
    );
    expect((await readMappings(rdf)).mappings).toEqual([
      { subject: "http://x/a#1", object: "http://x/b#2", relation: "unsure", score: 1 },
    ]);
  });

  test.each([
    ["x.txt", "", /is empty/],
    ["x.rdf", "<a><b></a>", /line 1/],
    ["y.rdf", "<a/>", /no alignment/],
    ["x.tsv", "id\tterm\n", /no column id and cui/],
    ["y.tsv", "id\tcui\tscore\n1\tC1\thigh\n", /line 2.*no number/],
    ["x.sssom.tsv", "#mapping_set_id: b\nid\tcui\n", /object_id/],
  ])("in %s are met with a line that says what is wrong", async (name, text, message) => {
    await expect(readMappings(file(name, text))).rejects.toThrow(message);
  });

  test("have identifiers that can be compared", () => {
    const prefixes = new Map([["D", "urn:termduet:doid:"]]);
    expect(
      ["C0027051", "UMLS:C0027051", "https://uts.nlm.nih.gov/uts/umls/concept/C0027051", "D:C0027051"].map(
        (id) => conceptKey(id, prefixes),
      ),
    ).toEqual(Array(4).fill("C0027051"));
    expect(["HP:0001658", "http://purl.obolibrary.org/obo/HP_0001658"].map((id) => conceptKey(id))).toEqual(
      Array(2).fill("HP:0001658"),
    );
    expect(conceptKey("http://x.org/onto#a%20b")).toBe("http://x.org/onto#a b");
    expect(conceptKey("Rtrain:1|2")).toBe("RTRAIN:1|2");
  });
});
