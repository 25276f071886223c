import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type AlignOptions, alignLexicon, type LexiconAlignment } from "../../src/alignment/align-lexicon.ts";
import { DEFAULT_MATCHER } from "../../src/alignment/matching/default-matcher.ts";
import type { LexiconEntry } from "../../src/terminology/lexicon/lexicon.ts";
import { readLexicon } from "../../src/terminology/lexicon/lexicon.ts";
import type { Progress } from "../../src/terminology/progress.ts";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { SAMPLE, type SampleStore, sampleStore } from "../support/sample-store.ts";
import { type StoreContents, storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { lexiconEntry } from "./support/hand-made.ts";

// The encoders are random: what is looked at is whether the aligner does with their vectors what it says.
const folder = temporaryFolder();
let sample: SampleStore;
let contents: StoreContents;
let lexicon: LexiconEntry[];

beforeAll(async () => {
  sample = await sampleStore(folder.path);
  contents = await storeContents(sample.store);
  lexicon = await readLexicon(`${SAMPLE}/lexicon.tsv`);
});
afterAll(async () => {
  await sample[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function align(entries: LexiconEntry[], changes: Partial<AlignOptions> = {}): Promise<LexiconAlignment> {
  const options = {
    mode: "plain",
    filter: {},
    exact: false,
    matcher: DEFAULT_MATCHER,
    choice: "f1",
  } as const;
  return alignLexicon(entries, { ...options, ...changes }, sample);
}

/** Paper Eq. 8 to 11 in the plainest way: every cosine of a text with every string, the highest, its lowest CUI. */
async function argmax(texts: string[], encoder: string): Promise<{ cui: string; cosine: number }[]> {
  const [retriever] = await sample.searcher.retrievers(contents.record, [encoder]);
  const { vectors } = await retriever!.encoder.encode(texts, "query");
  const dimension = retriever!.encoder.folder.manifest.dimension;
  return texts.map((_, i) => {
    const query = vectors.subarray(i * dimension, (i + 1) * dimension);
    let best = { cui: "", cosine: -2 };
    for (const [id, vector] of contents.vectors.get(encoder)!) {
      const value = Math.min(1, cosine(query, vector));
      for (const { cui } of JSON.parse(contents.strings.get(id)!).concepts) {
        if (value > best.cosine || (value === best.cosine && cui < best.cui)) best = { cui, cosine: value };
      }
    }
    return best;
  });
}

describe("the plain mode", () => {
  test("gives each encoder the argmax of the full cosine matrix, as the paper's Eq. 8 to 11", async () => {
    const { encoders, entries } = await align(lexicon);
    expect(encoders.map(({ id }) => id)).toEqual(["tiny-bert", "tiny-xlmr"]);
    const texts = lexicon.map(({ term, explanation }) => `${term} ${explanation}`);
    for (const [encoder, { id }] of encoders.entries()) {
      const wanted = await argmax(texts, id);
      expect(entries.map(({ best }) => best[encoder]!.cui)).toEqual(wanted.map(({ cui }) => cui));
      for (const [i, { best }] of entries.entries()) {
        expect(best[encoder]!.sightings[encoder]!.cosine).toBeCloseTo(wanted[i]!.cosine, 5);
        expect(best[encoder]!.sightings[encoder]!.rank).toBe(1);
      }
    }
  });

  test("takes no notice of the very same names", async () => {
    const { entries } = await align([lexiconEntry("crise cardiaque", { explanation: "le cœur" })]);
    expect(entries[0]!.exact).toBeUndefined();
    expect(entries[0]!.merged!.source).not.toBe("exact");
  });

  test("merges by complementarity, the encoder that was named first leading", async () => {
    for (const encoders of [
      ["tiny-bert", "tiny-xlmr"],
      ["tiny-xlmr", "tiny-bert"],
    ]) {
      const { encoders: used, entries } = await align(lexicon, { encoders });
      expect(used.map(({ id }) => id)).toEqual(encoders);
      for (const { best, merged } of entries) {
        const ratings = best.map((concept, encoder) => concept!.sightings[encoder]!.rating);
        const source = ratings.indexOf(Math.max(...ratings));
        expect(merged).toMatchObject({ source, rating: ratings[source] });
        expect(merged!.concept).toBe(best[source]);
      }
    }
  });
});

describe("the strong mode", () => {
  test("takes the concept whose very name the term is, then one that a synonym names", async () => {
    const { entries } = await align(
      [
        lexiconEntry("crise cardiaque", { explanation: "le cœur s'arrête d'un coup" }),
        lexiconEntry("CRISE cardiaque !"),
        lexiconEntry("un mal que l'on ne connaît pas", { synonyms: ["rien", "crise cardiaque"] }),
        lexiconEntry("un mal que l'on ne connaît pas"),
      ],
      { mode: "strong" },
    );
    expect(entries.slice(0, 3).map(({ merged }) => merged!.concept.cui)).toEqual(Array(3).fill("C0027051"));
    expect(entries.slice(0, 3).map(({ merged }) => [merged!.source, merged!.rating])).toEqual(
      Array(3).fill(["exact", 5]),
    );
    expect(entries.slice(0, 3).map(({ exact }) => exact!.same)).toEqual([
      { tier: "exact", by: "string", field: "term", string: "crise cardiaque" },
      { tier: "normalized", by: "writing", field: "term", string: "crise cardiaque" },
      { tier: "exact", by: "string", field: "synonym", string: "crise cardiaque" },
    ]);
    expect(entries[3]!.exact).toBeUndefined();
  });

  test("stands by the best of an entry's texts for each encoder", async () => {
    const entry = lexiconEntry("phlébite au mollet", {
      explanation: "du sang caillé",
      synonyms: ["caillot"],
    });
    const texts = ["phlébite au mollet du sang caillé", "phlébite au mollet", "caillot", "du sang caillé"];
    const { entries, encoders } = await align([entry], { mode: "strong" });
    for (const [encoder, { id }] of encoders.entries()) {
      const highest = Math.max(...(await argmax(texts, id)).map((found) => found.cosine));
      expect(entries[0]!.best[encoder]!.sightings[encoder]!.cosine).toBeCloseTo(highest, 5);
    }
  });

  test("does not take a term for a code or a CUI", async () => {
    const { entries } = await align([lexiconEntry("C0027051")], { mode: "strong" });
    expect(entries[0]!.exact).toBeUndefined();
  });
});

describe("an alignment", () => {
  test("keeps to the languages that it is told, as the paper keeps to French", async () => {
    const { entries } = await align(lexicon.slice(0, 10), { filter: { lat: ["ENG"] }, mode: "strong" });
    const english = new Set(
      [...contents.strings.values()]
        .map((body) => JSON.parse(body))
        .filter(({ atoms }) => atoms.some(({ lat }: { lat: string }) => lat === "ENG"))
        .map(({ text }) => text),
    );
    for (const { merged } of entries) expect(english).toContain(merged!.string);
  });

  test("has no pair where the filter leaves nothing", async () => {
    const { entries } = await align(lexicon.slice(0, 3), { filter: { sab: ["NOSUCH"] }, mode: "strong" });
    expect(entries.map(({ merged, best }) => [merged, best])).toEqual(
      Array(3).fill([undefined, [undefined, undefined]]),
    );
  });

  test("encodes the texts of many entries together, each of them once", async () => {
    const [retriever] = await sample.searcher.retrievers(contents.record, ["tiny-bert"]);
    using encode = vi.spyOn(retriever!.encoder, "encode");
    const entries = Array.from({ length: 600 }, (_, i) =>
      lexiconEntry(`term ${i % 7}`, { id: `${i}`, explanation: "the same" }),
    );
    const aligned = await align(entries, { mode: "strong", encoders: ["tiny-bert"] });
    const sizes = encode.mock.calls.map(([texts]) => texts.length);
    expect(sizes.filter((size) => size > 0)).toEqual([15, 15, 15]);
    expect(aligned.entries.map(({ entry }) => entry.id)).toEqual(entries.map(({ id }) => id));
    for (const [i, { merged }] of aligned.entries.entries())
      expect(merged!.concept.cui).toBe(aligned.entries[i % 7]!.merged!.concept.cui);
  });

  test("gives an entry the same candidates alone as among others, and in plain mode the same pair", async () => {
    const together = await align(lexicon.slice(0, 12), { mode: "strong" });
    const plain = await align(lexicon.slice(0, 12));
    for (const [i, entry] of lexicon.slice(0, 12).entries()) {
      const { entries } = await align([entry], { mode: "strong" });
      const cuis = entries[0]!.candidates.map(({ cui }) => cui).sort();
      expect(cuis).toEqual(together.entries[i]!.candidates.map(({ cui }) => cui).sort());
      const [alone] = (await align([entry])).entries;
      expect(alone!.merged!.concept.cui).toBe(plain.entries[i]!.merged!.concept.cui);
      expect(alone!.merged!.source).toBe(plain.entries[i]!.merged!.source);
    }
  });

  test("reports every entry, and stops when it is told to", async () => {
    const seen: Progress[] = [];
    await align(lexicon, { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ stage: "align", done: 60, total: 60, unit: "entries" });
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    await expect(align(lexicon, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("refuses an encoder or a dataset that is not there", async () => {
    await expect(align(lexicon, { encoders: ["nope"] })).rejects.toMatchObject({ code: "not-found" });
    await expect(align(lexicon, { dataset: "nope" })).rejects.toMatchObject({ code: "not-found" });
  });
});
