import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ingest } from "../../ingest/ingest.ts";
import { BROAD, Hierarchy, ParentsFile } from "../../ingest/join/hierarchy.ts";
import { storeFilter } from "../../src/retrieval/request/search-filter.ts";
import type { ConceptRecord } from "../../src/terminology/concept.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { activeReleases } from "../../src/vector-store/release-record.ts";
import { seeded } from "../support/random-vectors.ts";
import { sampleIngest } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

interface Graph {
  cuis: string[];
  parents: Map<string, string[]>;
  withoutAtoms: Set<string>;
}

/** Levels of ten concepts, each with up to three parents on any level, some of which go round in a circle. */
function someGraph(seed: number): Graph {
  const random = seeded(seed);
  const pick = (n: number): number => Math.floor(random() * n);
  const cuis = Array.from({ length: 80 }, (_, i) => `C${i}`);
  const parents = new Map<string, string[]>();
  for (const [i, cui] of cuis.entries()) {
    const above = Array.from({ length: pick(4) }, () => `C${pick(i + 1)}`);
    if (pick(30) === 0) above.push(`C${pick(cuis.length)}`);
    parents.set(cui, above);
  }
  return { cuis, parents, withoutAtoms: new Set(cuis.filter(() => pick(10) === 0)) };
}

function write(folder: string, { cuis, parents, withoutAtoms }: Graph): void {
  using file = new ParentsFile(folder);
  for (const cui of cuis) if (!withoutAtoms.has(cui)) file.addAtom(cui);
  for (const [cui, list] of parents) for (const parent of list) file.add(cui, parent);
}

/** All that is above a concept, and itself, walked the plain way. */
function above(cui: string, { parents }: Graph): Set<string> {
  const seen = new Set([cui]);
  for (const next of seen) for (const parent of parents.get(next) ?? []) seen.add(parent);
  return seen;
}

describe("labels of the hierarchy", () => {
  test.each([
    [1, 0],
    [2, 3],
    [3, 8],
    [4, 20],
    [5, BROAD],
  ])(
    "find what is below each concept, and nothing else (graph %i, broad from %i)",
    async (seed, broadFrom) => {
      using folder = temporaryFolder();
      const graph = someGraph(seed);
      write(folder.path, graph);
      const hierarchy = await Hierarchy.read(folder.path, broadFrom);
      let broad = 0;
      for (const top of graph.cuis) {
        const terms = hierarchy.termsOf(top);
        if (terms) broad++;
        const wanted = new Set(terms ?? [top]);
        const found = graph.cuis.filter((cui) => hierarchy.labels(cui).some((label) => wanted.has(label)));
        expect(found).toEqual(graph.cuis.filter((cui) => above(cui, graph).has(top)));
      }
      if (broadFrom === BROAD) expect(broad).toBe(0);
      else expect(broad).toBeGreaterThan(2);
    },
  );

  test("leave out what is broad, and keep a concept that has no record of its own", async () => {
    using folder = temporaryFolder();
    const leaves = Array.from({ length: 9 }, (_, i) => `L${i}`);
    const parents = new Map(leaves.map((leaf) => [leaf, ["middle"]]));
    parents.set("middle", ["top"]).set("top", ["nameless"]);
    const cuis = ["nameless", "top", "middle", ...leaves];
    write(folder.path, { cuis, parents, withoutAtoms: new Set(["nameless"]) });
    const hierarchy = await Hierarchy.read(folder.path, 10);
    expect(hierarchy.labels("L0")).toEqual(["L0", "middle", "nameless"]);
    expect(hierarchy.termsOf("top")).toEqual(["middle", "top"]);
    expect(hierarchy.termsOf("middle")).toBeUndefined();
    expect(hierarchy.labels("unheard of")).toEqual(["unheard of"]);
  });

  test("give every search under a concept what full labels give", async () => {
    using folder = temporaryFolder();
    const encoders = [await tinyEncoder("tiny-bert", join(folder.path, "encoder"))];
    const counts: Record<string, number>[] = [];
    const broad: number[] = [];
    for (const broadFrom of [3, BROAD]) {
      const name = join(folder.path, `from-${broadFrom}`);
      await using store = await openStore(`lancedb:${name}`);
      await ingest({ ...sampleIngest(name, { store, encoders }), broadFrom });
      const [record] = await activeReleases(store);
      const of: Record<string, number> = {};
      let some = 0;
      for await (const concepts of store.documents(record!.concepts)) {
        for (const { id, body } of concepts) {
          if ((JSON.parse(body) as ConceptRecord).below) some++;
          const filter = await storeFilter({ under: [id] }, store, record!.concepts);
          of[id] = await store.count(record!.strings, filter);
        }
      }
      counts.push(of);
      broad.push(some);
    }
    expect(counts[0]).toEqual(counts[1]);
    expect(broad[0]).toBeGreaterThan(5);
    expect(broad[1]).toBe(0);
  });
});
