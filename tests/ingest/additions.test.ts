import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestOptions, ingest } from "../../ingest/ingest.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import type { ConceptRecord, StringRecord } from "../../src/terminology/concept.ts";
import { openStore } from "../../src/vector-store/open-store.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { sampleIngest } from "../support/sample-store.ts";
import { storeContents } from "../support/store-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const folder = temporaryFolder();
let encoders: EncoderFolder[];
let store: VectorStore;

const GLOSSES = join(folder.path, "glosses.tsv");
const MENTIONS = join(folder.path, "mentions.jsonl");
const RELEASE = join(folder.path, "release.tsv");
writeFileSync(
  RELEASE,
  [
    "id\tterm\tlang\tsab\tcode",
    "C0000726\tAbdomen\ten\tTD\tTD:0389",
    "C0000726\tVentre\tfr\tTD\tTD:0389",
    "C0000737\tAbdominal pain\ten\tTD\tTD:0300",
    "C0000737\tDouleur abdominale\tfr\tTD\tTD:0300",
    "C0000817\tHeart\ten\tTD\tTD:0100",
    "C0000818\tCœur gauche\tfr\tTD\tTD:0101",
  ].join("\n"),
);
writeFileSync(
  GLOSSES,
  [
    "name\tgloss\tlang\tsource\tlicence",
    "ventre\tPartie du corps entre le thorax et le bassin.\tfr\tWIKT\tCC BY-SA 4.0",
    "Douleur abdominale\tMal au ventre.\tfr\tWIKT\tCC BY-SA 4.0",
    "ventre\tPart of the body.\ten\tWIKT\t",
    "chaise\tMeuble.\tfr\tWIKT\t",
  ].join("\n"),
);
writeFileSync(
  MENTIONS,
  [
    JSON.stringify({ mention: "sore tum", id: "C0000737", context: "He had a sore tum after lunch." }),
    JSON.stringify({ mention: "his middle", id: ["MADE:TD:0389"] }),
    JSON.stringify({ mention: "nowhere", id: "C9999999" }),
  ].join("\n"),
);

beforeAll(async () => {
  encoders = [
    await tinyEncoder("tiny-bert", join(folder.path, "a"), { definitions: { from: 0.5, weight: 0.3 } }),
    await tinyEncoder("tiny-xlmr", join(folder.path, "b")),
  ];
  store = await openStore(`lancedb:${join(folder.path, "s")}`);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const run = (changes: Partial<IngestOptions>) =>
  ingest(sampleIngest(folder.path, { source: RELEASE, store, encoders, ...changes }));

describe("what a user adds to a release", () => {
  test("stands with the concepts that it belongs to, with its source and licence, and goes when it is not given again", async () => {
    const before = (await run({})) && (await storeContents(store));
    const summary = await run({ additions: { glosses: [GLOSSES], mentions: [MENTIONS] } });
    expect(summary.added).toEqual({
      glosses: { read: 4, joined: 2, concepts: 2 },
      mentions: { read: 3, joined: 2, concepts: 2 },
    });
    // Two strings and two definitions are new; all others are copied.
    expect(summary.encoders.map(({ encoded }) => encoded)).toEqual([2, 2]);
    const { concepts, strings, definitions, record } = await storeContents(store);
    const concept = (cui: string): ConceptRecord => JSON.parse(concepts.get(cui)!);
    expect(concept("C0000726").definitions.filter((d) => d.added)).toEqual([
      {
        sab: "WIKT",
        text: "Partie du corps entre le thorax et le bassin.",
        added: true,
        licence: "CC BY-SA 4.0",
      },
    ]);
    expect(definitions.size).toBe(before.definitions.size + 2);
    expect(record.added).toEqual(summary.added);
    const all = [...strings.values()].map((body) => JSON.parse(body) as StringRecord);
    const found = (text: string) => all.find((one) => one.text === text)?.atoms.map((a) => [a.cui, a.sab]);
    expect(found("sore tum")).toEqual([["C0000737", "MENTIONS"]]);
    expect(found("his middle")).toEqual([["C0000726", "MENTIONS"]]);
    expect(found("nowhere")).toBeUndefined();
    // A mention is no name to call a concept by.
    expect(concept("C0000726").name).toBe("Abdomen");
    expect(Object.keys(concept("C0000726").names).sort()).toEqual(["ENG", "FRE"]);
    expect(await run({ additions: { glosses: [GLOSSES], mentions: [MENTIONS] } })).toMatchObject({
      status: "unchanged",
    });
    await run({});
    const after = await storeContents(store);
    expect(after.strings).toEqual(before.strings);
    expect(after.definitions).toEqual(before.definitions);
    expect(after.concepts).toEqual(before.concepts);
  });

  test("is left out where the filters leave nothing of the concept", async () => {
    await using other = await openStore(`lancedb:${join(folder.path, "filtered")}`);
    const summary = await run({
      store: other,
      release: "2",
      filters: { lat: ["ENG"] },
      additions: { glosses: [GLOSSES], mentions: [] },
    });
    expect(summary.added!.glosses).toEqual({ read: 4, joined: 0, concepts: 0 });
  });

  test("is refused with the line where it says no language", async () => {
    const path = join(folder.path, "wrong.tsv");
    writeFileSync(path, `${readFileSync(GLOSSES, "utf8").split("\n")[0]}\nventre\tx\tklingon\tW\t\n`);
    await expect(run({ release: "3", additions: { glosses: [path], mentions: [] } })).rejects.toThrow(
      /wrong\.tsv: in gloss 1 "klingon" is no language/,
    );
  });
});

test("an encoder whose tokenizer changed is encoded again, alone", async () => {
  await using own = await openStore(`lancedb:${join(folder.path, "again")}`);
  const first = await run({ store: own });
  const [a, b] = encoders as [EncoderFolder, EncoderFolder];
  const other = await tinyEncoder("tiny-xlmr", join(folder.path, "b2"), {}, (tokenizer) => {
    tokenizer.model.vocab[10]![1] -= 0.001;
  });
  expect(other.hash).not.toBe(b.hash);
  const again = await run({ store: own, encoders: [a, other] });
  const all = first.counts.strings!;
  expect(again.encoders).toMatchObject([
    { encoded: 0, copied: all },
    { encoded: all, copied: 0 },
  ]);
});
