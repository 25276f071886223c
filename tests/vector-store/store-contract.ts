import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { byCosine, cosine } from "../../src/vector-store/exact-cosine.ts";
import type {
  Block,
  CollectionSpec,
  RecordRef,
  SearchHit,
  VectorStore,
} from "../../src/vector-store/vector-store.ts";
import { clusteredVectors, disturbed } from "../support/random-vectors.ts";

const DIMENSION = 128;
const COUNT = 12_000; // above the limit below which stores compare with everything
const PER_BLOCK = 5_000;
const SOURCES = ["MSH", "HPO", "TDLAYFRE"];

const vectors: CollectionSpec = {
  name: "t_1__encoder",
  dimension: DIMENSION,
  fields: { sab: "keywords", lat: "keywords", bucket: "integer" },
};
const documents: CollectionSpec = {
  name: "t_1__strings",
  fields: { norm: "text", cui: "keywords", lat: "keywords", weight: "integer" },
};

const idOf = (i: number): string => `00000000-0000-5000-8000-${i.toString(16).padStart(12, "0")}`;
const refOf = (i: number): RecordRef => ({ id: idOf(i), ordinal: i });
const sabOf = (i: number): string[] => (i % 1000 === 7 ? ["RARE", "MSH"] : [SOURCES[i % 3]!]);
const latOf = (i: number): string[] => [i % 2 ? "ENG" : "FRE"];

const weightOf = (i: number): number => (i * 7919) % 1000;

const DISEASES = [
  "hypertension arterielle",
  "arterielle hypertension severe",
  "hypertensive crisis",
  "myocardial infarction",
  "infarction of the myocardium",
  "acute myocardial infarction of the wall",
  "diabetes mellitus type 2",
  "diabetes mellitus type 1",
  "poly-(1,4)",
  "heart attack",
];
/** A few names among thousands of numbered terms. */
const normOf = (i: number): string => (i % 1200 === 600 ? DISEASES[Math.floor(i / 1200)]! : `term ${i}`);

/** What every store must do, whichever it is. `open` opens the same store again each time. */
export function storeContract(name: string, open: () => Promise<VectorStore>): void {
  describe(`${name} keeps the contract of a vector store`, () => {
    const data = clusteredVectors(COUNT, DIMENSION, 1);
    const row = (i: number): Float32Array => data.subarray(i * DIMENSION, (i + 1) * DIMENSION);
    let store: VectorStore;

    const vectorBlock = (number: number): Block => {
      const first = number * PER_BLOCK;
      const indices = Array.from({ length: Math.min(PER_BLOCK, COUNT - first) }, (_, i) => first + i);
      const fields = {
        sab: indices.map(sabOf),
        lat: indices.map(latOf),
        bucket: indices.map((i) => Math.floor(i / 100)),
      };
      const ids = indices.map(idOf);
      return {
        number,
        firstOrdinal: first,
        ids,
        fields,
        vectors: data.slice(first * DIMENSION, (first + ids.length) * DIMENSION),
      };
    };
    const documentBlock = (number: number): Block => {
      const block = vectorBlock(number);
      const indices = block.ids.map((_, i) => block.firstOrdinal + i);
      const fields = {
        norm: indices.map(normOf),
        cui: indices.map((i) => [`C${i % 4000}`, "CALL"]),
        lat: indices.map(latOf),
        weight: indices.map(weightOf),
      };
      return {
        number,
        firstOrdinal: block.firstOrdinal,
        ids: block.ids,
        fields,
        bodies: indices.map((i) => JSON.stringify({ i, text: "é|'\"\n" })),
      };
    };
    const oracle = (
      query: Float32Array,
      limit: number,
      pass: (i: number) => boolean = () => true,
    ): SearchHit[] =>
      Array.from({ length: COUNT }, (_, i) => i)
        .filter(pass)
        .map((i) => ({ ...refOf(i), cosine: cosine(query, row(i)) }))
        .sort(byCosine)
        .slice(0, limit);

    beforeAll(async () => {
      store = await open();
      await store.createCollection(vectors);
      await store.createCollection(documents);
      for (let number = 0; number * PER_BLOCK < COUNT; number++) {
        await store.writeBlock(vectors.name, vectorBlock(number));
        await store.writeBlock(documents.name, documentBlock(number));
      }
      await store.finishCollection(vectors.name);
      await store.finishCollection(documents.name);
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
    });

    const queries = disturbed(data, 50, DIMENSION);
    const query = (i: number): Float32Array => queries.slice(i * DIMENSION, (i + 1) * DIMENSION);

    test("finds at least 99 of 100 true neighbours at its default settings", async () => {
      const found = await store.search(vectors.name, queries, { limit: 10 });
      let common = 0;
      for (const [i, hits] of found.entries()) {
        const truth = new Set(oracle(query(i), 10).map((h) => h.ordinal));
        common += hits.filter((h) => truth.has(h.ordinal)).length;
      }
      expect(common / (found.length * 10)).toBeGreaterThanOrEqual(0.99);
    });

    test("gives what brute force gives when asked for exact search", async () => {
      const [hits] = await store.search(vectors.name, query(3), { limit: 20, exact: true });
      const truth = oracle(query(3), 20);
      expect(hits!.map((h) => h.ordinal)).toEqual(truth.map((h) => h.ordinal));
      for (const [i, hit] of hits!.entries()) expect(hit.cosine).toBeCloseTo(truth[i]!.cosine, 5);
    });

    test("never gives a cosine that is not the exact one", async () => {
      const found = await store.search(vectors.name, queries, { limit: 30 });
      for (const [i, hits] of found.entries()) {
        for (const hit of hits) expect(hit.cosine).toBeCloseTo(cosine(query(i), row(hit.ordinal)), 5);
      }
    });

    test("gives a shorter page that is the beginning of a longer one, and the same page twice", async () => {
      const [short] = await store.search(vectors.name, query(5), { limit: 5 });
      const [long] = await store.search(vectors.name, query(5), { limit: 15 });
      const [again] = await store.search(vectors.name, query(5), { limit: 15 });
      expect(long!.slice(0, 5)).toEqual(short);
      expect(again).toEqual(long);
    });

    test("applies filters before it takes neighbours: any value of a field, all fields", async () => {
      for (const filter of [{ sab: ["HPO"] }, { sab: ["MSH", "HPO"], lat: ["FRE"] }, { sab: ["RARE"] }]) {
        const pass = (i: number): boolean =>
          filter.sab.some((s) => sabOf(i).includes(s)) && (!filter.lat || latOf(i).includes("FRE"));
        const [hits] = await store.search(vectors.name, query(7), { limit: 10, filter });
        const truth = oracle(query(7), 10, pass);
        expect(hits!.every((h) => pass(h.ordinal))).toBe(true);
        expect(hits!.filter((h) => truth.some((t) => t.ordinal === h.ordinal)).length).toBeGreaterThanOrEqual(
          9,
        );
        expect(await store.count(vectors.name, filter)).toBe(
          Array.from({ length: COUNT }, (_, i) => i).filter(pass).length,
        );
      }
    });

    test("gives nothing, and no error, for a filter that nothing passes", async () => {
      expect(
        await store.search(vectors.name, query(1), { limit: 5, filter: { sab: ["NOSUCH", "it's"] } }),
      ).toEqual([[]]);
    });

    test("scores records by reference and says which are not there", async () => {
      const refs = [refOf(11), { id: idOf(COUNT + 5), ordinal: COUNT + 5 }, refOf(4_999), refOf(5_000)];
      const scores = await store.score(vectors.name, query(0), refs);
      expect(scores[1]).toBeUndefined();
      for (const i of [0, 2, 3]) expect(scores[i]).toBeCloseTo(cosine(query(0), row(refs[i]!.ordinal)), 5);
    });

    test("answers many queries at once as it answers each alone, with a narrow filter too", async () => {
      for (const filter of [undefined, { sab: ["RARE"] }, { sab: ["HPO"], lat: ["FRE"] }]) {
        const options = { limit: 10, ...(filter ? { filter } : {}) };
        const together = await store.search(vectors.name, queries, options);
        for (const i of [0, 1, 31, 32, 49]) {
          const [alone] = await store.search(vectors.name, query(i), options);
          expect(together[i]!.map((h) => h.ordinal)).toEqual(alone!.map((h) => h.ordinal));
        }
      }
    });

    test("scores the records of each query against that query", async () => {
      const refs = [[refOf(11), refOf(4_999)], [], [refOf(11), { id: idOf(COUNT + 5), ordinal: COUNT + 5 }]];
      const scores = await store.scoreEach(vectors.name, queries.slice(0, 3 * DIMENSION), refs);
      expect(scores.map((list) => list.length)).toEqual([2, 0, 2]);
      expect(scores[0]![1]).toBeCloseTo(cosine(query(0), row(4_999)), 5);
      expect(scores[2]![0]).toBeCloseTo(cosine(query(2), row(11)), 5);
      expect(scores[2]![1]).toBeUndefined();
    });

    test("fetches documents in the order asked for, bodies as they were written", async () => {
      const found = await store.fetch(documents.name, [
        refOf(9_999),
        refOf(3),
        { id: idOf(77_777), ordinal: 77_777 },
      ]);
      expect(found.map((d) => d && JSON.parse(d.body))).toEqual([
        { i: 9_999, text: "é|'\"\n" },
        { i: 3, text: "é|'\"\n" },
        undefined,
      ]);
    });

    test("finds documents by keyword, by one of a list of keywords, and by id", async () => {
      expect(
        (await store.find(documents.name, "norm", ["term 42", "no such"], 10)).map((d) => d.ordinal),
      ).toEqual([42]);
      expect((await store.find(documents.name, "cui", ["C7"], 10)).map((d) => d.ordinal)).toEqual([
        7, 4_007, 8_007,
      ]);
      expect((await store.find(documents.name, "cui", ["CALL"], 4)).map((d) => d.ordinal)).toEqual([
        0, 1, 2, 3,
      ]);
      expect((await store.find(documents.name, "id", [idOf(5)], 4)).map((d) => d.ordinal)).toEqual([5]);
      expect(await store.find(documents.name, "norm", ["it's; DROP TABLE"], 10)).toEqual([]);
    });

    test("finds keywords by prefix in their order", async () => {
      const found = await store.findByPrefix(documents.name, "norm", "term 119", 4);
      expect(found.map((d) => d.ordinal)).toEqual([119, 1190, 11900, 11901]);
      expect(await store.findByPrefix(documents.name, "norm", "zzz", 4)).toEqual([]);
      expect((await store.findByPrefix(documents.name, "id", "", 3)).map((d) => d.ordinal)).toEqual([
        0, 1, 2,
      ]);
    });

    const norms = (found: readonly { ordinal: number }[]): string[] => found.map((d) => normOf(d.ordinal));

    test("finds keywords by prefix in the order of an integer, greatest first, and with a filter", async () => {
      const all = Array.from({ length: COUNT }, (_, i) => i).filter((i) => normOf(i).startsWith("term 1"));
      const ordered = all.toSorted((a, b) => weightOf(b) - weightOf(a) || a - b);
      const found = await store.findByPrefix(documents.name, "norm", "term 1", 20, { by: "weight" });
      expect(found.map((d) => d.ordinal)).toEqual(ordered.slice(0, 20));
      const filter = { lat: ["FRE"] };
      const french = await store.findByPrefix(documents.name, "norm", "term 1", 20, { by: "weight", filter });
      expect(french.map((d) => d.ordinal)).toEqual(ordered.filter((i) => latOf(i)[0] === "FRE").slice(0, 20));
      const plain = await store.findByPrefix(documents.name, "norm", "term 119", 3, { filter });
      expect(plain.map((d) => d.ordinal)).toEqual([1190, 11900, 11902]);
    });

    test("finds texts by all of the words, in any order, those that hold little else first", async () => {
      const find = async (...words: string[]): Promise<string[]> =>
        norms(await store.findByWords(documents.name, "norm", words, 10));
      expect(await find("infarction", "myocardial")).toEqual([
        "myocardial infarction",
        "acute myocardial infarction of the wall",
      ]);
      expect((await find("arterielle", "hypertension")).toSorted()).toEqual([
        "arterielle hypertension severe",
        "hypertension arterielle",
      ]);
      expect(await find("type", "2")).toEqual(["diabetes mellitus type 2"]);
      expect(await find("myocard")).toEqual([]);
      expect(await find("it's", '"; DROP', "\\")).toEqual([]);
      expect(await find()).toEqual([]);
      expect((await store.findByWords(documents.name, "norm", ["term"], 7)).length).toBe(7);
    });

    test("says which words stand in a text, short ones and codes too", async () => {
      const known = await store.knownWords(documents.name, "norm", [
        ...["infarction", "infarctions", "of", "on", "2", "3001", "term", "terms", "it's", "heart"],
      ]);
      expect([...known].toSorted()).toEqual(["2", "3001", "heart", "infarction", "of", "term"]);
      expect(await store.knownWords(documents.name, "norm", [])).toEqual(new Set());
    });

    test("lets words differ by as many letters as allowed, short ones and those with a digit by none", async () => {
      const find = async (typos: number, ...words: string[]): Promise<string[]> =>
        norms(await store.findByWords(documents.name, "norm", words, 10, { typos })).toSorted();
      expect(await find(0, "hypertention", "arterielle")).toEqual([]);
      expect(await find(1, "hypertention", "arterielle")).toEqual([
        "arterielle hypertension severe",
        "hypertension arterielle",
      ]);
      expect(await find(1, "hart", "atack")).toEqual(["heart attack"]);
      expect(await find(1, "diabteis")).toEqual([]);
      expect(await find(2, "diabteis")).toEqual(["diabetes mellitus type 1", "diabetes mellitus type 2"]);
      expect(await find(2, "hearrt", "atackk")).toEqual([]); // two in six letters
      expect(await find(2, "diabetes", "3")).toEqual([]);
    });

    test("finds texts by their words with a filter", async () => {
      const found = await store.findByWords(documents.name, "norm", ["term"], 50, {
        filter: { lat: ["FRE"] },
      });
      expect(found.length).toBe(50);
      expect(found.every((d) => latOf(d.ordinal)[0] === "FRE")).toBe(true);
      const none = { filter: { lat: ["GER"] }, typos: 1 };
      expect(await store.findByWords(documents.name, "norm", ["term"], 5, none)).toEqual([]);
    });

    test("streams the vectors of a range", async () => {
      const ids: string[] = [];
      for await (const rows of store.scan(vectors.name, "bucket", 49, 52)) {
        for (const { id, vector } of rows) {
          expect(vector).toEqual(row(4_900 + ids.length).slice());
          ids.push(id);
        }
      }
      expect(ids).toEqual(Array.from({ length: 300 }, (_, i) => idOf(4_900 + i)));
    });

    test("streams all documents in their order", async () => {
      const ordinals: number[] = [];
      for await (const rows of store.documents(documents.name)) {
        for (const { id, ordinal, body } of rows) {
          expect([id, JSON.parse(body).i]).toEqual([idOf(ordinal), ordinal]);
          ordinals.push(ordinal);
        }
      }
      expect(ordinals).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    });

    test("streams all that was written, as blocks", async () => {
      for (const [name, blockOf] of [
        [vectors.name, vectorBlock],
        [documents.name, documentBlock],
      ] as const) {
        let number = 0;
        for await (const block of store.blocks(name, PER_BLOCK)) expect(block).toEqual(blockOf(number++));
        expect(number).toBe(Math.ceil(COUNT / PER_BLOCK));
      }
      let rows = 0;
      for await (const { firstOrdinal, ids } of store.blocks(documents.name, 777)) {
        expect([firstOrdinal, ids[0]]).toEqual([rows, idOf(rows)]);
        rows += ids.length;
      }
      expect(rows).toBe(COUNT);
    });

    test("leaves a collection that is there alone when told to keep it", async () => {
      await store.createCollection(vectors, { keep: true });
      expect(await store.count(vectors.name)).toBe(COUNT);
    });

    test("replaces a block that is written again, and what came after it", async () => {
      const name = "t_2__encoder";
      await store.createCollection({ ...vectors, name });
      await store.writeBlock(name, vectorBlock(0));
      await store.writeBlock(name, vectorBlock(1));
      await using second = await open(); // as after a crash: another process goes on
      await second.writeBlock(name, vectorBlock(1));
      await second.writeBlock(name, vectorBlock(2));
      await second.finishCollection(name);
      expect(await second.count(name)).toBe(COUNT);
      const scores = await second.score(name, query(0), [refOf(4_999), refOf(5_000), refOf(11_999)]);
      for (const [i, ordinal] of [4_999, 5_000, 11_999].entries())
        expect(scores[i]).toBeCloseTo(cosine(query(0), row(ordinal)), 5);
      await second.dropCollection(name);
      expect(await second.collections()).not.toContain(name);
    });

    test("replaces documents that are written again, and what came after them", async () => {
      const name = "t_2__strings";
      await store.createCollection({ ...documents, name });
      for (const number of [0, 1, 2]) await store.writeBlock(name, documentBlock(number));
      await using second = await open();
      const { ids, bodies, fields, ...block } = documentBlock(1);
      const shorter = { ...block, ids: ids.slice(0, 10), bodies: ids.slice(0, 10).map((id) => `"${id}"`) };
      const cut = Object.fromEntries(
        Object.entries(fields).map(([key, values]) => [key, values.slice(0, 10)]),
      );
      await second.writeBlock(name, { ...shorter, fields: cut });
      await second.finishCollection(name);
      expect(await second.count(name)).toBe(PER_BLOCK + 10);
      const found = await second.fetch(name, [refOf(4_999), refOf(5_000), refOf(5_009), refOf(5_010)]);
      expect(found.map((d) => d?.body)).toEqual([
        documentBlock(0).bodies![4_999],
        `"${idOf(5_000)}"`,
        `"${idOf(5_009)}"`,
        undefined,
      ]);
      expect((await second.find(name, "norm", ["term 5003"], 5)).map((d) => d.ordinal)).toEqual([5_003]);
      expect(await second.find(name, "norm", ["term 11000"], 5)).toEqual([]);
      await second.dropCollection(name);
    });

    test("refuses vectors of another dimension", async () => {
      const block = { ...vectorBlock(0), vectors: new Float32Array(10) };
      await expect(store.writeBlock(vectors.name, block)).rejects.toMatchObject({ code: "incompatible" });
      await expect(store.search(vectors.name, new Float32Array(7), { limit: 1 })).rejects.toMatchObject({
        code: "incompatible",
      });
    });

    test("switches aliases together or not at all", async () => {
      await store.switchAliases({ t__a: vectors.name, t__s: documents.name });
      expect(await store.aliases()).toMatchObject({ t__a: vectors.name, t__s: documents.name });
      await expect(store.switchAliases({ t__s: null, t__a: "nowhere" })).rejects.toMatchObject({
        code: "not-found",
      });
      expect(await store.aliases()).toMatchObject({ t__a: vectors.name, t__s: documents.name });
      await store.switchAliases({ t__s: null });
      expect(Object.keys(await store.aliases())).not.toContain("t__s");
    });

    test("keeps metadata", async () => {
      await store.putMetadata("release/t/1", { counts: { strings: 3 } });
      await using second = await open();
      expect((await second.metadata())["release/t/1"]).toEqual({ counts: { strings: 3 } });
      await second.deleteMetadata("release/t/1");
      expect(await second.metadata()).not.toHaveProperty(["release/t/1"]);
    });

    test("says which collection is not there", async () => {
      await expect(store.search("nowhere", query(0), { limit: 1 })).rejects.toMatchObject({
        code: "not-found",
      });
    });
  });
}
