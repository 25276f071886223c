import { describe, expect, test } from "vitest";
import { resolveAncestors } from "../../search-api/concepts/ancestors.ts";
import { translate } from "../../search-api/fhir/translate.ts";
import { lexicalSearch, MAX_HITS } from "../../search-api/terms/lexical-search.ts";
import { ConceptsBelow } from "../../src/retrieval/request/concepts-below.ts";
import type { ConceptRecord, KeptAtom } from "../../src/terminology/concept.ts";
import type { StoredRecord } from "../../src/vector-store/vector-store.ts";
import { fakeSearch, fakeStore, RECORD } from "./support/fake-search.ts";
import { testApi } from "./support/test-api.ts";

// Caps that no client chooses: on what is looked at for one answer. Each with its last that is looked at, and the first that is not.

const atomOf = (cui: string): KeptAtom & { str: string } => ({
  aui: `A${cui}`,
  cui,
  sab: "S",
  tty: "PT",
  lat: "ENG",
  code: cui,
  isPref: true,
  suppress: "N",
  str: cui,
});

/** A concept with its parents. */
function concept(cui: string, parents: readonly string[], path: string[] = []): ConceptRecord {
  return {
    cui,
    name: cui,
    names: {},
    semanticTypes: [],
    definitions: [],
    atoms: [atomOf(cui)],
    relations: parents.map((parent) => ({
      cui: parent,
      name: parent,
      rel: "PAR",
      rela: "",
      sab: "S",
    })) as ConceptRecord["relations"],
    relationCount: parents.length,
    hierarchies: path.length > 0 ? [{ aui: `A${cui}`, sab: "S", path }] : [],
  };
}

/** C0, whose parent is C1, whose parent is C2, and so on. */
const chained = (cuis: readonly string[]): ConceptRecord[] =>
  cuis.map((cui) => concept(cui, [`C${Number(cui.slice(1)) + 1}`]));

const found = (records: readonly ConceptRecord[]): StoredRecord[] =>
  records.map((record, ordinal) => ({ id: record.cui, ordinal, body: JSON.stringify(record) }));

describe("the steps of a hierarchy", () => {
  const nameOf = ({ name }: ConceptRecord): string => name;

  test("are resolved 25 levels up, and no further", async () => {
    const start = concept("C0", ["C1"], ["AC25", "AC26"]);
    const resolved = await resolveAncestors(start, chained(["C1"]), async (cuis) => chained(cuis), nameOf);
    expect([...resolved.keys()]).toEqual(["AC25"]);
  });

  test("are looked for at 400 concepts of a level, and not at more", async () => {
    const parents = (count: number) => Array.from({ length: count }, (_, i) => `P${i}`);
    const start = concept("C0", ["C1"], ["AP399", "AP400"]);
    const asked: number[] = [];
    const resolved = await resolveAncestors(
      start,
      [concept("C1", parents(401))],
      async (cuis) => {
        asked.push(cuis.length);
        return cuis.map((cui) => concept(cui, []));
      },
      nameOf,
    );
    expect(asked).toEqual([400]);
    expect([...resolved.keys()]).toEqual(["AP399"]);
  });

  test("are walked 40 levels up where a search is bounded, and a ring ends", async () => {
    const below = async (top: string): Promise<boolean> => {
      const store = fakeStore({ find: async (_c, _f, cuis) => found(chained(cuis)) });
      const concepts = new ConceptsBelow(store, RECORD.concepts, [top]);
      await concepts.learn(["C0"]);
      return concepts.has("C0");
    };
    expect([await below("C40"), await below("C41")]).toEqual([true, false]);
    let finds = 0;
    const ring = fakeStore({
      find: async (_c, _f, cuis) => {
        finds++;
        return found(cuis.map((cui) => concept(cui, [cui === "C0" ? "C1" : "C0"])));
      },
    });
    const concepts = new ConceptsBelow(ring, RECORD.concepts, ["C9"]);
    await concepts.learn(["C0"]);
    expect([concepts.has("C0"), finds]).toEqual([false, 2]);
  });
});

describe("ancestors of a code at the UTS door", () => {
  /** How many codes above C0 are listed where each concept's parents are what `above` says. */
  async function listed(above: (cui: string) => string[]): Promise<number> {
    const store = fakeStore({
      find: async (collection, field, values) => {
        if (collection === RECORD.concepts) return found(values.map((cui) => concept(cui, above(cui))));
        if (field !== "code") return [];
        const { str: text, ...atom } = atomOf("C0");
        const body = {
          text,
          prominence: 1,
          atoms: [atom],
          concepts: [{ cui: "C0", name: text, semanticTypes: [] }],
        };
        return [{ id: "s", ordinal: 0, body: JSON.stringify(body) }];
      },
    });
    await using api = await testApi({ searcher: fakeSearch(), store });
    const path = "/rest/content/current/source/S/C0/ancestors?pageSize=1";
    return (await api.send<{ pageCount: number }>(path)).json.pageCount;
  }

  test("are walked 25 levels up", async () => {
    const chain = (length: number) => (cui: string) => {
      const at = Number(cui.slice(1));
      return at < length ? [`C${at + 1}`] : [];
    };
    expect([await listed(chain(25)), await listed(chain(26))]).toEqual([25, 25]);
  });

  test("are walked on from fewer than 2,000, and not from more", async () => {
    /** So many parents, with three above each of them. */
    const wide = (count: number) => (cui: string) => {
      if (cui === "C0") return Array.from({ length: count }, (_, i) => `P${i}`);
      return cui.startsWith("P") ? ["TOP1", "TOP2", "TOP3"] : [];
    };
    expect([await listed(wide(1_999)), await listed(wide(2_000))]).toEqual([2_002, 2_000]);
  });
});

describe("a search by letters", () => {
  const store = (hits: number, asked: string[] = []) =>
    fakeStore({
      findByPrefix: async (_c, _f, _p, limit) =>
        Array.from({ length: Math.min(hits, limit) }, (_, i) => {
          const { str: _name, ...atom } = atomOf(`C${i}`);
          const concepts = [{ cui: `C${i}`, name: "x", semanticTypes: [] }];
          return {
            id: `s${i}`,
            ordinal: i,
            body: JSON.stringify({ text: `x ${i}`, prominence: 1, atoms: [atom], concepts }),
          };
        }),
      findByWords: async (_c, _f, words) => {
        asked.push(...words);
        return [];
      },
    });

  test("looks at a thousand strings", async () => {
    const count = async (hits: number) =>
      (await lexicalSearch(store(hits), RECORD, "x", "begins", {})).length;
    expect([await count(MAX_HITS - 1), await count(MAX_HITS), await count(MAX_HITS + 1)]).toEqual([
      MAX_HITS - 1,
      MAX_HITS,
      MAX_HITS,
    ]);
  });

  test("looks for ten words, and for none where there are more", async () => {
    const asked = async (words: number): Promise<number> => {
      const list: string[] = [];
      const text = Array.from({ length: words }, (_, i) => `word${i}`).join(" ");
      await lexicalSearch(store(0, list), RECORD, text, "words", {});
      return list.length;
    };
    expect([await asked(10), await asked(11)]).toEqual([10, 0]);
  });
});

test("a translation lists 200 matches, and says where there are more", async () => {
  const entries = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: "1", term: "t", cui: `C${i}`, name: "n", rating: 4 }));
  const translated = async (count: number) => {
    const map = { id: "m", url: "urn:m", source: "urn:l", entries: entries(count) };
    const concepts = {
      terms: { release: async () => RECORD },
      systems: async () => [{ url: "urn:termduet:fake" }],
    } as unknown as Parameters<typeof translate>[0];
    const input = {
      text: (name: string) => (name === "url" ? "urn:m" : undefined),
      coding: () => ({ system: "urn:l", code: "1" }),
      flag: () => undefined,
    } as unknown as Parameters<typeof translate>[2];
    const { parameter } = (await translate(concepts, [map], input, "r4")) as unknown as {
      parameter: { name: string; valueString?: string }[];
    };
    const of = (name: string) => parameter.filter((one) => one.name === name);
    return { matches: of("match").length, message: of("message")[0]?.valueString };
  };
  expect(await translated(200)).toEqual({ matches: 200, message: undefined });
  expect(await translated(201)).toEqual({ matches: 200, message: "201 match; these are the best 200" });
});
