import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { errorOf, readPath } from "./support/read-release.ts";
import { consoLine, consoLines } from "./support/rrf-lines.ts";
import { TempFolder } from "./support/temp-folder.ts";
import { zip } from "./support/zip-writer.ts";

describe("a wrong source is met with one clear line", () => {
  it("when nothing is there", async () => {
    const error = await errorOf("/no/such/release.zip");
    expect(error).toMatchObject({
      code: "not-found",
      message: "no such file or folder: /no/such/release.zip",
    });
  });

  it.each([
    ["an empty file", "MRCONSO.RRF", "", /is empty: give a META folder/],
    ["an unknown kind of file", "terms.docx", "text", /is of no kind that can be read: give a META folder/],
    ["another table", "MRSTY.RRF", "C1|T1|||||\n", /is not MRCONSO\.RRF/],
    ["one part of a table", "MRCONSO.RRF.aa.gz", gzipSync("x"), /is one part of several/],
    ["a file called .zip that is none", "a.zip", "plain text, and no more", /is no complete zip archive/],
    [
      "a file called .gz that is none",
      "MRCONSO.RRF.gz",
      consoLine(),
      /is no gzip file although it is called \.gz/,
    ],
    ["an empty gzip", "MRCONSO.RRF.gz", gzipSync(""), /holds no atom: it is empty/],
    ["a MRCONSO that is none", "MRCONSO.RRF", "id,term\n1,heart\n", /holds no atom: none of its 2 lines/],
    ["a zip without files", "a.zip", zip([]), /holds no MRCONSO\.RRF .*\(it is empty\)/],
    [
      "a zip without MRCONSO",
      "a.zip",
      zip(["1", "2", "3", "4", "5", "6"].map((n) => ({ path: `notes-${n}.txt`, content: "…" }))),
      /holds no MRCONSO\.RRF .*\(it holds notes-1\.txt, .*notes-5\.txt and 1 more\)/,
    ],
    [
      "a zip with two releases",
      "a.zip",
      zip(
        ["2023AB", "2024AA"].map((release) => ({
          path: `${release}/META/MRCONSO.RRF`,
          content: consoLine(),
        })),
      ),
      /more than one release \(2023AB\/META, 2024AA\/META\)/,
    ],
    [
      "an encrypted zip",
      "a.zip",
      zip([{ path: "MRCONSO.RRF", content: consoLine(), isEncrypted: true }]),
      /MRCONSO\.RRF is encrypted/,
    ],
    [
      "a zip packed with Deflate64",
      "a.zip",
      zip([{ path: "MRCONSO.RRF", content: consoLine(), method: 9 }]),
      /zip method 9/,
    ],
    [
      "a zip with a wrong checksum",
      "a.zip",
      zip([{ path: "MRCONSO.RRF", content: consoLine(), crc: 1 }]),
      /MRCONSO\.RRF is damaged \(wrong CRC-32\)/,
    ],
    [
      "a full release without MRCONSO",
      "a.zip",
      zip([{ path: "a-1-meta.nlm", content: zip([{ path: "META/MRSTY.RRF.gz", content: "" }]) }]),
      /holds no MRCONSO\.RRF/,
    ],
    ["a line without end", "MRCONSO.RRF", Buffer.alloc(17 * 1024 * 1024, "x"), /a line of more than 16 MB/],
  ])("when it is %s", async (_, name, content, message) => {
    using folder = new TempFolder();
    const path = folder.write(name, content);
    const error = await errorOf(path);
    expect(error.code).toBe("bad-input");
    expect(error.message).toMatch(message);
    expect(error.message).toContain(folder.path);
  });

  it("when it is a folder with nothing in it", async () => {
    using folder = new TempFolder();
    expect((await errorOf(folder.path)).message).toMatch(/holds no MRCONSO\.RRF, itself or two folders down/);
  });

  it("when it is a folder with an empty MRCONSO", async () => {
    using folder = new TempFolder();
    folder.write("MRCONSO.RRF", "");
    expect((await errorOf(folder.path)).message).toMatch(/holds no atom: it is empty/);
  });

  it("when a table is a link to nothing", async () => {
    using folder = new TempFolder();
    symlinkSync("/no/such/file", `${folder.path}/MRCONSO.RRF`);
    expect(await errorOf(folder.path)).toMatchObject({ code: "not-found" });
  });

  it.skipIf(process.getuid?.() === 0)("when it may not be read", async () => {
    using folder = new TempFolder();
    const path = folder.write("MRCONSO.RRF", consoLine());
    chmodSync(path, 0);
    expect(await errorOf(path)).toMatchObject({ code: "unavailable" });
  });

  it("when a folder is called like a file", async () => {
    using folder = new TempFolder();
    mkdirSync(`${folder.path}/terms.obo`);
    expect(await errorOf(`${folder.path}/terms.obo`)).toMatchObject({ code: "not-found" });
  });
});

describe("a file cut short", () => {
  const rows = consoLines(300);
  const nlm = zip([
    { path: "2024AB/META/MRCONSO.RRF.aa.gz", content: gzipSync(rows.slice(0, 9_000)), method: 0 },
    { path: "2024AB/META/MRCONSO.RRF.ab.gz", content: gzipSync(rows.slice(9_000)), method: 0 },
  ]);
  it.each([
    ["a gzip file", "MRCONSO.RRF.gz", gzipSync(rows)],
    ["a zip", "a.zip", zip([{ path: "2024AB/META/MRCONSO.RRF", content: rows }])],
    ["a zip that is stored", "a.zip", zip([{ path: "MRCONSO.RRF", content: rows, method: 0 }])],
    ["a full release", "a.zip", zip([{ path: "2024AB-full/2024ab-1-meta.nlm", content: nlm, method: 0 }])],
  ])("is never read as if it were whole, wherever it ends: %s", async (_, name, whole) => {
    using folder = new TempFolder();
    const ends = Array.from({ length: 60 }, (_, n) => Math.floor((whole.length * (n + 1)) / 61));
    // And byte by byte at both ends, where the structures are.
    for (let n = 1; n <= 40; n++) ends.push(n, whole.length - n);
    for (const end of new Set(ends)) {
      const error = await errorOf(folder.write(name, whole.subarray(0, end)));
      expect(error.code, `cut at byte ${end}: ${error.message}`).toBe("bad-input");
    }
    await expect(readPath(folder.write(name, whole))).resolves.toMatchObject({ rejects: [] });
  });

  it("is told apart from one whose member is cut within the archive", async () => {
    using folder = new TempFolder();
    const cut = gzipSync(rows).subarray(0, 500);
    const path = folder.write("a.zip", zip([{ path: "META/MRCONSO.RRF.gz", content: cut }]));
    expect((await errorOf(path)).message).toMatch(/MRCONSO\.RRF\.gz is cut short or damaged/);
  });

  it("is an error in a plain file, with its last line", async () => {
    using folder = new TempFolder();
    const path = folder.write("MRCONSO.RRF", rows.slice(0, -20));
    await expect(readPath(path)).rejects.toThrow(/ends within line 300 .*cut short/);
  });
});

it("a byte flipped anywhere in a zip is an error, or changes nothing", async () => {
  using folder = new TempFolder();
  const whole = zip([{ path: "2024AB/META/MRCONSO.RRF", content: consoLines(40) }]);
  const expected = await readPath(folder.write("a.zip", whole));
  let failures = 0;
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 0x10;
    try {
      expect((await readPath(folder.write("a.zip", flipped))).rows, `byte ${at}`).toEqual(expected.rows);
    } catch (error) {
      expect(error, `byte ${at}`).toBeInstanceOf(TermduetError);
      failures++;
    }
  }
  expect(failures).toBeGreaterThan(whole.length / 2);
});
