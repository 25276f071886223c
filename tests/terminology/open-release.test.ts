import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openRelease } from "../../src/terminology/open-release.ts";
import { atomsIn, errorOf, readAll, readPath } from "./support/read-release.ts";
import { atom, consoLine, consoLines, SMALL_RELEASE } from "./support/rrf-lines.ts";
import { TempFolder } from "./support/temp-folder.ts";
import { zip } from "./support/zip-writer.ts";

const TABLES = Object.entries(SMALL_RELEASE);
const KINDS = ["rank", "rank", "atom", "atom", "semantic-type", "definition", "relation", "hierarchy"];

/** The content cut into pieces at these shares of its length. */
function cut(content: Buffer, pieces: number): Buffer[] {
  const size = Math.ceil(content.length / pieces);
  return Array.from({ length: pieces }, (_, n) => content.subarray(n * size, (n + 1) * size));
}

async function kindsOf(path: string): Promise<string[]> {
  return (await readPath(path)).rows.map(({ kind }) => kind);
}

describe("a folder", () => {
  it.each(["", "META/", "2026AA/META/", "release/"])("is read when the tables lie in ./%s", async (where) => {
    using folder = new TempFolder();
    for (const [name, content] of TABLES) folder.write(`${where}${name}`, content);
    expect(await kindsOf(folder.path)).toEqual(KINDS);
  });

  it("is not searched deeper than two folders down", async () => {
    using folder = new TempFolder();
    folder.write("a/b/c/MRCONSO.RRF", consoLine());
    const error = await errorOf(folder.path);
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("holds no MRCONSO.RRF");
  });

  it("is read with compressed tables, and with tables in parts", async () => {
    using folder = new TempFolder();
    const [one, two] = cut(Buffer.from(SMALL_RELEASE["MRCONSO.RRF"]), 2);
    folder.write("MRCONSO.RRF.aa.gz", gzipSync(one!));
    folder.write("MRCONSO.RRF.ab.gz", gzipSync(two!));
    folder.write("MRSTY.RRF.gz", gzipSync(SMALL_RELEASE["MRSTY.RRF"]));
    folder.write("MRDEF.RRF.aa", SMALL_RELEASE["MRDEF.RRF"]);
    expect(await kindsOf(folder.path)).toEqual(["atom", "atom", "semantic-type", "definition"]);
  });

  it("takes a plain table before a compressed copy of it", async () => {
    using folder = new TempFolder();
    folder.write("MRCONSO.RRF", consoLine());
    folder.write("MRCONSO.RRF.gz", gzipSync(consoLines(5)));
    expect(await kindsOf(folder.path)).toEqual(["atom"]);
  });

  it("takes the release nearest to it, and asks which one when two are equally near", async () => {
    using folder = new TempFolder();
    folder.write("2025AA/META/MRCONSO.RRF", consoLine());
    folder.write("2026AA/META/MRCONSO.RRF", consoLine());
    const error = await errorOf(folder.path);
    expect(error.message).toMatch(/more than one release .*2025AA.*2026AA.*give one of them/);
    folder.write("MRCONSO.RRF", consoLines(3));
    expect(await kindsOf(folder.path)).toEqual(["atom", "atom", "atom"]);
  });

  it("names the part that a table in parts lacks", async () => {
    using folder = new TempFolder();
    folder.write("MRCONSO.RRF.aa.gz", gzipSync(consoLine()));
    folder.write("MRCONSO.RRF.ac.gz", gzipSync(consoLine()));
    expect((await errorOf(folder.path)).message).toMatch(/part \.ab is missing/);
  });
});

describe("a single file", () => {
  it.each([
    ["plain", "MRCONSO.RRF", (content: string) => content],
    ["compressed", "MRCONSO.RRF.gz", gzipSync],
    ["compressed but named as if plain", "MRCONSO.RRF", gzipSync],
    ["named otherwise", "french-only.rrf", (content: string) => content],
  ])("of MRCONSO is read: %s", async (_, name, pack) => {
    using folder = new TempFolder();
    expect(await kindsOf(folder.write(name, pack(SMALL_RELEASE["MRCONSO.RRF"])))).toEqual(["atom", "atom"]);
  });

  it("of MRCONSO is read alone, whatever lies beside it", async () => {
    using folder = new TempFolder();
    for (const [name, content] of TABLES) folder.write(name, content);
    expect(await kindsOf(`${folder.path}/MRCONSO.RRF`)).toEqual(["atom", "atom"]);
  });

  it("of several gzip streams in a row is read whole", async () => {
    using folder = new TempFolder();
    const packed = cut(Buffer.from(consoLines(10)), 3).map((piece) => gzipSync(piece));
    expect(await kindsOf(folder.write("MRCONSO.RRF.gz", Buffer.concat(packed)))).toHaveLength(10);
  });
});

describe("a UMLS zip", () => {
  it("of the Metathesaurus (2024AB/META/…) is read", async () => {
    using folder = new TempFolder();
    const entries = TABLES.map(([name, content]) => ({ path: `2024AB/META/${name}`, content }));
    const others = [
      { path: "2024AB/", content: "", method: 0 },
      { path: "2024AB/META/MRSAT.RRF", content: "not read" },
      { path: "2024AB/META/CHANGE/MERGEDCUI.RRF", content: "C1|C2|\n" },
      { path: "__MACOSX/2024AB/META/._MRCONSO.RRF", content: "junk" },
    ];
    const path = folder.write("umls-2024AB-metathesaurus-full.zip", zip([...others, ...entries]));
    expect(await kindsOf(path)).toEqual(KINDS);
  });

  it("of MRCONSO alone is read, deflated or stored", async () => {
    using folder = new TempFolder();
    for (const method of [0, 8]) {
      const entries = [{ path: "MRCONSO.RRF", content: SMALL_RELEASE["MRCONSO.RRF"], method }];
      const path = folder.write("umls-2024AB-mrconso.zip", zip(entries));
      expect(await kindsOf(path)).toEqual(["atom", "atom"]);
    }
  });

  it("is known by its content, whatever it is called", async () => {
    using folder = new TempFolder();
    const path = folder.write("download", zip([{ path: "MRCONSO.RRF", content: consoLine() }]));
    expect(await kindsOf(path)).toEqual(["atom"]);
  });

  it("names its files as archive:member, in rejects too", async () => {
    using folder = new TempFolder();
    const path = folder.write(
      "a.zip",
      zip([{ path: "2024AB/META/MRCONSO.RRF", content: `${consoLine()}\nbad\n` }]),
    );
    await using source = await openRelease(path);
    expect(source.files).toEqual([
      { name: `${path}:2024AB/META/MRCONSO.RRF`, bytes: consoLine().length + 5 },
    ]);
    const { rejects } = await readAll(source);
    expect(rejects).toMatchObject([{ file: `${path}:2024AB/META/MRCONSO.RRF`, line: 2 }]);
  });
});

describe("the full UMLS release", () => {
  const rows = consoLines(500);
  const conso = cut(Buffer.from(rows), 3);

  /** The layout of NLM: tables in split gzip files, in two archives called .nlm, in a zip. */
  function fullRelease(parts: readonly Buffer[], method: number): Buffer {
    const gz = (path: string, content: string) => ({
      path: `2024AB/META/${path}.gz`,
      content: gzipSync(content),
    });
    const first = zip([
      ...parts.map((content, n) => ({
        path: `2024AB/META/MRCONSO.RRF.${["aa", "ab", "ac"][n]}.gz`,
        content,
        method: 0,
      })),
      gz("MRSTY.RRF", SMALL_RELEASE["MRSTY.RRF"]),
      gz("MRRANK.RRF", SMALL_RELEASE["MRRANK.RRF"]),
    ]);
    const second = zip([
      gz("MRREL.RRF.aa", SMALL_RELEASE["MRREL.RRF"]),
      gz("MRDEF.RRF", SMALL_RELEASE["MRDEF.RRF"]),
    ]);
    return zip([
      { path: "2024AB-full/Copyright_Notice.txt", content: "…" },
      { path: "2024AB-full/2024ab-1-meta.nlm", content: first, method },
      { path: "2024AB-full/2024ab-2-meta.nlm", content: second, method },
      { path: "2024AB-full/2024ab-otherks.nlm", content: "no zip at all", method },
      { path: "2024AB-full/mmsys.zip", content: "not looked at", method },
    ]);
  }

  it.each([
    ["stored in the zip, read in place", 0],
    ["compressed in the zip, unpacked on the way", 8],
  ])("is read with its .nlm archives %s", async (_, method) => {
    using folder = new TempFolder();
    using temp = new TempFolder();
    const path = folder.write(
      "umls-2024AB-full.zip",
      fullRelease(
        conso.map((piece) => gzipSync(piece)),
        method,
      ),
    );
    const reading = await readPath(path, { tempDirectory: temp.path });
    expect(reading.rejects).toEqual([]);
    expect(atomsIn(reading)).toHaveLength(500);
    const kinds = new Set(reading.rows.map(({ kind }) => kind));
    expect([...kinds]).toEqual(["rank", "atom", "semantic-type", "definition", "relation"]);
  });

  it("is read when the parts are slices of one gzip stream", async () => {
    using folder = new TempFolder();
    const path = folder.write("full.zip", fullRelease(cut(gzipSync(rows), 3), 0));
    expect(atomsIn(await readPath(path))).toHaveLength(500);
  });

  it("is read when a part is padded with zeros, as Node's own gunzip would not", async () => {
    using folder = new TempFolder();
    const padded = conso.map((piece) => Buffer.concat([gzipSync(piece), Buffer.alloc(512)]));
    const path = folder.write("full.zip", fullRelease(padded, 0));
    expect(atomsIn(await readPath(path))).toHaveLength(500);
  });

  it("counts lines across parts, and bytes as the archive states them", async () => {
    using folder = new TempFolder();
    const withBad = Buffer.from(`${rows}bad\n`);
    const path = folder.write(
      "full.zip",
      fullRelease(
        cut(withBad, 3).map((piece) => gzipSync(piece)),
        0,
      ),
    );
    await using source = await openRelease(path);
    const { rejects, bytes } = await readAll(source);
    expect(rejects).toMatchObject([
      { line: 501, file: expect.stringMatching(/1-meta\.nlm:2024AB\/META\/MRCONSO\.RRF$/) },
    ]);
    expect(bytes).toBe(source.files.reduce((sum, file) => sum + file.bytes, 0));
  });

  it("is read from the folder into which its zip was unpacked", async () => {
    using folder = new TempFolder();
    const parts = conso.map((content, n) => ({
      path: `2024AB/META/MRCONSO.RRF.${["aa", "ab", "ac"][n]}.gz`,
      content: gzipSync(content),
    }));
    folder.write("2024AB-full/2024ab-1-meta.nlm", zip(parts));
    const relations = { path: "2024AB/META/MRREL.RRF.gz", content: gzipSync(SMALL_RELEASE["MRREL.RRF"]) };
    folder.write("2024AB-full/2024ab-2-meta.nlm", zip([relations]));
    const reading = await readPath(folder.path);
    expect(reading.rows.filter(({ kind }) => kind === "relation")).toHaveLength(1);
    expect(atomsIn(reading)).toHaveLength(500);
  });

  it("removes what it unpacked, when it is disposed of and when it fails", async () => {
    const { readdirSync } = await import("node:fs");
    using folder = new TempFolder();
    using temp = new TempFolder();
    const options = { tempDirectory: temp.path };
    const good = folder.write(
      "good.zip",
      fullRelease(
        conso.map((piece) => gzipSync(piece)),
        8,
      ),
    );
    await using source = await openRelease(good, options);
    expect(readdirSync(temp.path)).toHaveLength(1);
    await source[Symbol.asyncDispose]();
    expect(readdirSync(temp.path)).toEqual([]);
    const bad = folder.write("bad.zip", zip([{ path: "a-1-meta.nlm", content: "no zip" }]));
    await errorOf(bad, options);
    expect(readdirSync(temp.path)).toEqual([]);
  });

  it("is not unpacked beyond the bound, and reports progress below it", async () => {
    using folder = new TempFolder();
    const path = folder.write(
      "full.zip",
      fullRelease(
        conso.map((piece) => gzipSync(piece)),
        8,
      ),
    );
    const error = await errorOf(path, { maxTempBytes: 100 });
    expect(error.message).toMatch(/would unpack to .* unpack it and give the folder/);
    const seen: string[] = [];
    await readPath(path, { onProgress: ({ stage, unit }) => seen.push(`${stage} ${unit}`) });
    expect(new Set(seen)).toEqual(new Set(["unpack MB"]));
  });
});

describe("every source", () => {
  it("can be read more than once, with the same rows", async () => {
    using folder = new TempFolder();
    const path = folder.write("a.zip", zip([{ path: "MRCONSO.RRF", content: SMALL_RELEASE["MRCONSO.RRF"] }]));
    await using source = await openRelease(path);
    expect(await readAll(source)).toEqual(await readAll(source));
  });

  it("counts the bytes that it announced", async () => {
    using folder = new TempFolder();
    for (const [name, content] of TABLES) folder.write(name, content);
    folder.write("MRSTY.RRF.gz", gzipSync(SMALL_RELEASE["MRSTY.RRF"]));
    await using source = await openRelease(folder.path);
    expect((await readAll(source)).bytes).toBe(source.files.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  it("has a fingerprint of names and contents, the same wherever it lies", async () => {
    using here = new TempFolder();
    using there = new TempFolder();
    const fingerprint = async (path: string) => {
      await using source = await openRelease(path);
      return await source.fingerprint();
    };
    for (const [name, content] of TABLES) {
      here.write(`META/${name}`, content);
      there.write(`somewhere/META/${name}`, content);
    }
    const first = await fingerprint(here.path);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint(there.path)).toBe(first);
    here.write("META/MRSTY.RRF", `${SMALL_RELEASE["MRSTY.RRF"]}C1|T1|||||\n`);
    expect(await fingerprint(here.path)).not.toBe(first);
    here.write("META/README.txt", "read by nobody");
    here.write("META/MRSTY.RRF", SMALL_RELEASE["MRSTY.RRF"]);
    expect(await fingerprint(here.path)).toBe(first);
  });

  it("stops when it is told to", async () => {
    using folder = new TempFolder();
    const abort = new AbortController();
    await using source = await openRelease(folder.write("MRCONSO.RRF", consoLines(20_000)));
    const rows = source.rows({ onReject: () => {}, signal: abort.signal });
    await rows.next();
    abort.abort(new Error("enough"));
    await expect(rows.next()).rejects.toThrow();
  });

  it("keeps no file open after a reader that leaves in the middle", async () => {
    using folder = new TempFolder();
    const path = folder.write("a.zip", zip([{ path: "MRCONSO.RRF", content: consoLines(50_000) }]));
    await using source = await openRelease(path);
    for await (const [first] of source.rows({ onReject: () => {} })) {
      expect(first).toMatchObject({
        kind: "atom",
        atom: atom({ cui: "C0000000", aui: "A0000000", str: "Name number 0" }),
      });
      break;
    }
    const open = () => process.getActiveResourcesInfo().filter((kind) => /FS|Zlib/i.test(kind));
    await expect.poll(open).toEqual([]);
  });
});
