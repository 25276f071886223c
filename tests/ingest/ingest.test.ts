import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestOptions, ingest } from "../../ingest/ingest.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { LoadedEncoder } from "../../src/encoder/loaded-encoder.ts";
import type { ConceptRecord, StringRecord } from "../../src/terminology/concept.ts";
import { stringId } from "../../src/text/string-id.ts";
import { cosine } from "../../src/vector-store/exact-cosine.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import { releaseKey, releaseRecords } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { SAMPLE, sampleIngest } from "../support/sample-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const META = join(SAMPLE, "META");
const folder = temporaryFolder();
let encoders: EncoderFolder[];

beforeAll(async () => {
  encoders = [
    await tinyEncoder("tiny-bert", join(folder.path, "a")),
    await tinyEncoder("tiny-xlmr", join(folder.path, "b")),
  ];
});
afterAll(() => folder[Symbol.dispose]());

function optionsFor(name: string, store: VectorStore, changes: Partial<IngestOptions> = {}): IngestOptions {
  const own = { maxRejectShare: 0.001, atomsPerBlock: 700, ...changes };
  return sampleIngest(join(folder.path, name), { store, encoders, ...own });
}

/** MRCONSO read in the plainest way: the oracle. */
function rowsOf(meta: string): string[][] {
  return readFileSync(join(meta, "MRCONSO.RRF"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("|"));
}

/** A copy of the sample whose MRCONSO went through `change`. */
function changedSample(name: string, change: (lines: string[]) => string[]): string {
  const meta = join(folder.path, name, "META");
  mkdirSync(meta, { recursive: true });
  cpSync(META, meta, { recursive: true });
  const lines = readFileSync(join(META, "MRCONSO.RRF"), "utf8").split("\n").filter(Boolean);
  writeFileSync(join(meta, "MRCONSO.RRF"), `${change(lines).join("\n")}\n`);
  return meta;
}

describe("an ingest of the sample release", () => {
  let store: VectorStore;
  beforeAll(async () => {
    store = await openStore(`lancedb:${join(folder.path, "main")}`);
    const summary = await ingest(optionsFor("main", store));
    expect(summary).toMatchObject({ status: "ingested", rejectsFile: undefined });
  });
  afterAll(async () => store[Symbol.asyncDispose]());

  test("keeps every atom that is not suppressed, once, with its string", async () => {
    const { strings, record } = await storeContents(store);
    const wanted = rowsOf(META).filter((row) => row[16] === "N");
    const kept = [...strings.values()].flatMap((body) =>
      (JSON.parse(body) as StringRecord).atoms.map((atom) => atom.aui),
    );
    expect(kept.sort()).toEqual(wanted.map((row) => row[7]).sort());
    expect(record.counts).toMatchObject({
      atoms: wanted.length,
      strings: new Set(wanted.map((row) => row[14])).size,
    });
    for (const row of wanted.slice(0, 200)) {
      const found = JSON.parse(strings.get(stringId(row[14]!))!) as StringRecord;
      expect(found.text).toBe(row[14]);
      expect(found.atoms).toContainEqual(
        expect.objectContaining({
          cui: row[0],
          aui: row[7],
          sab: row[11],
          tty: row[12],
          code: row[13],
          lat: row[1],
        }),
      );
    }
  });

  test("says of each concept how well it is known, in its strings, and what is usual among these", async () => {
    const { strings, record } = await storeContents(store);
    const names = new Map<string, Set<string>>();
    const languages = new Map<string, Set<string>>();
    for (const row of rowsOf(META).filter((r) => r[16] === "N")) {
      names.set(row[0]!, (names.get(row[0]!) ?? new Set()).add(row[14]!));
      languages.set(row[0]!, (languages.get(row[0]!) ?? new Set()).add(row[1]!));
    }
    const relations = new Map<string, number>();
    for (const line of readFileSync(join(META, "MRREL.RRF"), "utf8").split("\n").filter(Boolean)) {
      const cui = line.split("|")[0]!;
      relations.set(cui, (relations.get(cui) ?? 0) + 1);
    }
    const found = [...strings.values()].flatMap((body) => (JSON.parse(body) as StringRecord).concepts);
    expect(found.length).toBe([...names.values()].reduce((sum, { size }) => sum + size, 0));
    for (const { cui, standing } of found) {
      const known = Math.sqrt(names.get(cui)!.size * languages.get(cui)!.size);
      expect(Math.abs(standing!.names - Math.log2(known))).toBeLessThanOrEqual(0.25);
      expect(Math.abs(standing!.relations - Math.log2(1 + (relations.get(cui) ?? 0)))).toBeLessThanOrEqual(
        0.25,
      );
    }
    const mean = (by: "names" | "relations"): number =>
      found.reduce((sum, { standing }) => sum + standing![by], 0) / found.length;
    expect(new Set(found.map(({ standing }) => standing!.names)).size).toBeGreaterThan(2);
    expect(record.standing!.names).toBeCloseTo(mean("names"), 9);
    expect(record.standing!.relations).toBeCloseTo(mean("relations"), 9);
  });

  test("joins types, definitions, relations and hierarchy on CUI, and keeps concepts that have none", async () => {
    const { concepts, record } = await storeContents(store);
    expect(concepts.size).toBe(record.counts.concepts);
    expect(concepts.size).toBe(new Set(rowsOf(META).map((row) => row[0])).size);
    const infarction = JSON.parse(concepts.get("C0027051")!) as ConceptRecord;
    expect(infarction).toMatchObject({
      name: "Myocardial infarction",
      names: { FRE: "Infarctus du myocarde" },
    });
    expect(infarction.semanticTypes).toEqual([{ tui: "T047", name: "Disease or Syndrome" }]);
    expect(infarction.definitions.length).toBeGreaterThan(0);
    expect(infarction.relations.some((relation) => relation.rel === "PAR")).toBe(true);
    expect(infarction.hierarchies.length).toBeGreaterThan(0);
  });

  test("gives each string, in each collection, the vector that the encoder gives its text", async () => {
    const { strings, vectors } = await storeContents(store);
    for (const encoder of encoders) {
      const loaded = await LoadedEncoder.load(encoder, { provider: "cpu", threads: 1, tokenBudget: 512 });
      const rows = vectors.get(encoder.manifest.id)!;
      expect([...rows.keys()].sort()).toEqual([...strings.keys()].sort());
      const ids = [...strings.keys()].filter((_, i) => i % 37 === 0);
      const { vectors: again } = await loaded.encode(
        ids.map((id) => (JSON.parse(strings.get(id)!) as StringRecord).text),
        "string",
      );
      for (const [i, id] of ids.entries())
        expect(cosine(rows.get(id)!, again, i * 32)).toBeGreaterThan(0.999999);
      await loaded.release();
    }
  });

  test("leaves no work files", () =>
    expect(existsSync(join(folder.path, "main", "work", "sample_1"))).toBe(false));

  test("does nothing the second time", async () => {
    const again = await ingest(optionsFor("main", store));
    expect(again.status).toBe("unchanged");
    expect(again.encoders.every((e) => e.encoded === 0)).toBe(true);
  });

  test("is made anew, from copied vectors, where an earlier version has not said how well concepts are known", async () => {
    await using old = await openStore(`lancedb:${join(folder.path, "old")}`);
    await ingest(optionsFor("old", old));
    const { standing, ...before } = (await releaseRecords(old))[0]!;
    expect(standing).toBeDefined();
    await old.putMetadata(releaseKey(before), before);
    expect(await ingest(optionsFor("old", old))).toMatchObject({ status: "unchanged" });
    const heeding = encoders.map((encoder) => ({
      ...encoder,
      manifest: { ...encoder.manifest, standing: { by: "names" as const, weight: 0.1 } },
    }));
    const again = await ingest(optionsFor("old", old, { encoders: heeding }));
    expect(again).toMatchObject({ status: "ingested", encoders: [{ encoded: 0 }, { encoded: 0 }] });
    expect((await releaseRecords(old)).at(-1)!.standing).toEqual(standing);
    expect(await ingest(optionsFor("old", old, { encoders: heeding }))).toMatchObject({
      status: "unchanged",
    });
  });

  test("copies vectors of strings that an earlier release has, and encodes the others alone", async () => {
    const source = changedSample("second", (lines) => [
      ...lines.slice(3),
      lines[0]!.replace(/\|[^|]*(\|[^|]*\|[^|]*\|[^|]*\|)$/, "|A string that is new$1"),
    ]);
    const summary = await ingest(optionsFor("main", store, { source, release: "2" }));
    expect(summary.encoders.map((e) => e.encoded)).toEqual([1, 1]);
    const { record, vectors } = await storeContents(store);
    expect(record.release).toBe("2");
    expect(vectors.get("tiny-bert")!.size).toBe(record.counts.strings);
  });

  test("replaces a release that is ingested anew from a changed source, and drops the old vectors", async () => {
    const source = changedSample("third", (lines) => lines.slice(5));
    await ingest(optionsFor("main", store, { source, release: "2" }));
    const { record } = await storeContents(store);
    expect(record).toMatchObject({ release: "2", generation: 2 });
    expect(
      (await store.collections())
        .filter((name) => name.startsWith("sample_2"))
        .every((name) => name.startsWith("sample_2_g2__")),
    ).toBe(true);
  });
});

describe("a part of a release", () => {
  test("is the concepts of some semantic types, and grows without encoding again what it had", async () => {
    await using store = await openStore(`lancedb:${join(folder.path, "part")}`);
    await ingest(optionsFor("part", store, { filters: { sty: ["T047"] } }));
    const { concepts, record } = await storeContents(store);
    const types = readFileSync(join(META, "MRSTY.RRF"), "utf8")
      .split("\n")
      .map((line) => line.split("|"));
    const diseases = new Set(types.filter((row) => row[1] === "T047").map((row) => row[0]!));
    const rows = rowsOf(META).filter((row) => row[16] === "N" && diseases.has(row[0]!));
    expect([...concepts.keys()].sort()).toEqual([...new Set(rows.map((row) => row[0]!))].sort());
    expect(record.counts.atoms).toBe(rows.length);
    expect(Object.values(record.counts.bySab).reduce((a, b) => a + b)).toBe(rows.length);
    const grown = await ingest(optionsFor("part", store));
    const all = (await storeContents(store)).record.counts;
    expect(all.strings).toBeGreaterThan(record.counts.strings);
    expect(grown.encoders[0]).toMatchObject({
      encoded: all.strings - record.counts.strings,
      copied: record.counts.strings,
    });
  });

  test("of semantic types that no concept has is refused", async () => {
    await using store = await openStore(`lancedb:${join(folder.path, "no-type")}`);
    await expect(ingest(optionsFor("no-type", store, { filters: { sty: ["T999"] } }))).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("--sty"),
    });
    expect(await store.aliases()).toEqual({});
  });
});

describe("an ingest that must not succeed", () => {
  test("keeps malformed rows with file, line and reason, and goes on when they are few", async () => {
    const source = changedSample("few", (lines) => [
      lines[0]!,
      "C0000001|ENG|too|few|columns|",
      ...lines.slice(1),
    ]);
    await using store = await openStore(`lancedb:${join(folder.path, "few")}`);
    const summary = await ingest(optionsFor("few", store, { source, encoders: [encoders[0]!] }));
    expect(summary.counts.rejects).toBe(1);
    const rejects = readFileSync(summary.rejectsFile!, "utf8").split("\n");
    expect(rejects[1]).toMatch(/MRCONSO\.RRF\t2\t.*column.*\tC0000001\|ENG\|too\|few\|columns\|/);
  });

  test("stops when they are many, before anything is in the store", async () => {
    const source = changedSample("many", (lines) => lines.map((line, i) => (i % 50 ? line : "garbage")));
    await using store = await openStore(`lancedb:${join(folder.path, "many")}`);
    await expect(ingest(optionsFor("many", store, { source }))).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("malformed"),
    });
    expect(await store.collections()).toEqual([]);
    expect(await store.aliases()).toEqual({});
  });

  test("says that filters leave nothing", async () => {
    await using store = await openStore(`lancedb:${join(folder.path, "none")}`);
    const options = optionsFor("none", store, { filters: { sab: ["NOSUCH"] } });
    await expect(ingest(options)).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringContaining("--sab"),
    });
  });

  test("counts in a dry run and writes nothing", async () => {
    await using store = await openStore(`lancedb:${join(folder.path, "dry")}`);
    const summary = await ingest(optionsFor("dry", store, { dryRun: true, filters: { lat: ["fr"] } }));
    expect(summary).toMatchObject({ status: "dry-run", counts: { byLat: { FRE: summary.counts.atoms } } });
    expect(await store.collections()).toEqual([]);
  });
});
