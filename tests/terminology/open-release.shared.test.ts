import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { atomFilter } from "../../src/terminology/atom-filter.ts";
import { readLexicon } from "../../src/terminology/lexicon/lexicon.ts";
import { openRelease } from "../../src/terminology/open-release.ts";

const SHARED = new URL("../../../shared/data/", import.meta.url).pathname;
const RELEASE = `${SHARED}releases/openmeta-2026AA.zip`;

describe.skipIf(!existsSync(RELEASE))("the open Metathesaurus 2026AA", () => {
  it("has 1,070,007 atoms of 486,004 concepts in nine languages, and no reject", {
    timeout: 120_000,
  }, async () => {
    await using source = await openRelease(RELEASE);
    const counts: Record<string, number> = {};
    const concepts = new Set<string>();
    const languages = new Set<string>();
    const strings = new Set<string>();
    const isKept = atomFilter();
    let kept = 0;
    let rejects = 0;
    let bytes = 0;
    const options = { onReject: () => rejects++, onBytes: (read: number) => (bytes += read) };
    for await (const rows of source.rows(options)) {
      for (const row of rows) {
        counts[row.kind] = (counts[row.kind] ?? 0) + 1;
        if (row.kind !== "atom") continue;
        concepts.add(row.atom.cui);
        languages.add(row.atom.lat);
        strings.add(row.atom.str);
        if (isKept(row.atom)) kept++;
      }
    }
    expect(counts).toEqual({
      rank: 115,
      atom: 1_070_007,
      "semantic-type": 494_471,
      definition: 162_565,
      relation: 337_968,
      hierarchy: 251_483,
    });
    expect(concepts.size).toBe(486_004);
    expect([...languages].sort()).toEqual(["CZE", "DUT", "ENG", "FRE", "GER", "ITA", "POL", "POR", "SPA"]);
    expect(strings.size).toBe(923_900);
    expect(kept).toBeLessThanOrEqual(1_070_007);
    expect(rejects).toBe(0);
    expect(bytes).toBe(source.files.reduce((sum, file) => sum + file.bytes, 0));
  });
});

describe.skipIf(!existsSync(`${SHARED}lexicons`))("the RefoMed lexicon", () => {
  it("is read whole", async () => {
    const entries = await readLexicon(`${SHARED}lexicons/refomed-lexicon.val.tsv`);
    expect(entries[0]).toMatchObject({
      id: "Rval00001",
      term: "causes courantes de syndrome confusionnel",
      lang: "fr",
    });
    expect(entries.length).toBeGreaterThan(500);
  });
});
