import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readMentions } from "../../src/terminology/additions/mention-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const TITLE = "Myotonic dystrophy in twins.";
const ABSTRACT = "DM is an inherited disorder.";
const WHOLE = `${TITLE} ${ABSTRACT}`;
const BIOC = {
  source: "test",
  documents: [
    {
      id: "1",
      passages: [
        { offset: 0, text: TITLE, annotations: [annotation(0, 18)] },
        { offset: 29, text: ABSTRACT, annotations: [annotation(29, 2)] },
      ],
    },
  ],
};

function annotation(offset: number, length: number) {
  const infons = { identifier: "MESH:D009223", type: "Disease" };
  return { id: "1", infons, text: WHOLE.slice(offset, offset + length), locations: [{ offset, length }] };
}

function biocXml(): string {
  const passages = BIOC.documents[0]!.passages.map(({ offset, text, annotations }) => {
    const [{ infons, locations, text: words }] = annotations as [ReturnType<typeof annotation>];
    return `<passage><infon key="type">p</infon><offset>${offset}</offset><text>${text}</text><annotation id="1"><infon key="identifier">${infons.identifier}</infon><location offset="${locations[0]!.offset}" length="${locations[0]!.length}"/><text>${words}</text></annotation></passage>`;
  });
  return `<?xml version="1.0"?><collection><document><id>1</id>${passages.join("")}</document></collection>`;
}

const FILES: Record<string, string> = {
  "a.pubtator": `1|t|${TITLE}\n1|a|${ABSTRACT}\n1\t0\t18\tMyotonic dystrophy\tDisease\tMESH:D009223\n1\t29\t31\tDM\tDisease\tMESH:D009223\n1\t0\t3\tMyo\tDisease\t-1\n`,
  "a.xml": biocXml(),
  "a.json": JSON.stringify(BIOC),
  "a.ann":
    "T1\tDisease 0 18\tMyotonic dystrophy\nN1\tReference T1 MESH:D009223\tx\nT2\tDisease 29 31\tDM\n#1\tAnnotatorNotes T2\tMESH:D009223\n",
  "a.tsv": `mention\tid\tcontext\nMyotonic dystrophy\tMESH:D009223\t${WHOLE}\nDM\tMESH:D009223\t${WHOLE}\n`,
  "a.jsonl": `${JSON.stringify({ mention: "Myotonic dystrophy", id: ["MESH:D009223"], context: WHOLE })}\n${JSON.stringify({ mention: "DM", id: "MESH:D009223", context: WHOLE })}\n`,
};

describe("annotated mentions", () => {
  test.each(Object.keys(FILES))("of %s are those that the file annotates", async (name) => {
    const at = join(folder.path, name.replace(".", "-"));
    mkdirSync(at);
    if (name === "a.ann") writeFileSync(join(at, "a.txt"), WHOLE);
    writeFileSync(join(at, name), FILES[name]!);
    const mentions = await readMentions(join(at, name));
    expect(mentions.map(({ ids, text }) => [ids, text])).toEqual([
      [["MESH:D009223"], "Myotonic dystrophy"],
      [["MESH:D009223"], "DM"],
    ]);
    // BioC knows passages; the others the whole text.
    const contexts = name === "a.xml" || name === "a.json" ? [TITLE, ABSTRACT] : [WHOLE, WHOLE];
    expect(mentions.map(({ context }) => context)).toEqual(contexts);
  });

  test.each([
    ["b.pubtator", "nothing here\n", /holds no annotated mention/],
    ["b.json", '{"documents":[{"passages":3}]}', /is no BioC/],
    ["b.xml", "<collection><document>", /line 1: no XML/],
    ["b.tsv", "mention\tcontext\nDM\tx\n", /no column "id"/],
  ])("a file that holds none is refused: %s", async (name, content, message) => {
    const path = join(folder.path, name);
    writeFileSync(path, content);
    await expect(readMentions(path)).rejects.toThrow(message);
  });
});
