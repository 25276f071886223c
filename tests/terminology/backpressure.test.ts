import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openRelease } from "../../src/terminology/open-release.ts";
import { consoLines } from "./support/rrf-lines.ts";
import { TempFolder } from "./support/temp-folder.ts";
import { zip } from "./support/zip-writer.ts";

describe("a slow consumer", () => {
  const rows = consoLines(400_000); // some 30 MB
  const graph = JSON.stringify({
    graphs: [
      {
        id: "http://purl.obolibrary.org/obo/x.owl",
        nodes: Array.from({ length: 60_000 }, (_, n) => ({
          id: `http://purl.obolibrary.org/obo/X_${n}`,
          lbl: `Name number ${n}`,
          type: "CLASS",
          meta: { synonyms: [{ pred: "hasExactSynonym", val: `Other name ${n} ${"x".repeat(200)}` }] },
        })),
      },
    ],
  });

  it.each([
    ["a plain file", "MRCONSO.RRF", () => rows],
    ["a gzip file", "MRCONSO.RRF.gz", () => gzipSync(rows, { level: 1 })],
    ["a zip", "a.zip", () => zip([{ path: "META/MRCONSO.RRF", content: rows }])],
    ["an OBO graph", "x.json", () => graph],
    [
      "a CSV table",
      "x.csv",
      () =>
        `id,term\n${Array.from({ length: 200_000 }, (_, n) => `${n},"Name number ${n}, long ${"x".repeat(60)}"`).join("\n")}`,
    ],
  ])("holds the reader back, so that little is read ahead: %s", async (_, name, content) => {
    using folder = new TempFolder();
    await using source = await openRelease(folder.write(name, content()));
    const total = source.files.reduce((sum, { bytes }) => sum + bytes, 0);
    let read = 0;
    let taken = 0;
    for await (const _ of source.rows({ onReject: () => {}, onBytes: (bytes) => (read += bytes) })) {
      await sleep(30);
      if (++taken === 3) break;
    }
    // Three batches are a hundredth of it; a stream's buffers and one chunk of a compressed file come on top.
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(Math.max(total / 3, 2_000_000));
    const then = read;
    await sleep(100);
    expect(read - then, "read after the consumer left").toBeLessThan(600_000);
  });

  it("costs no more memory for a large file than for a small one", async () => {
    using folder = new TempFolder();
    const path = folder.write("MRCONSO.RRF.gz", gzipSync(rows.repeat(5), { level: 1 }));
    await using source = await openRelease(path);
    let count = 0;
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const batch of source.rows({ onReject: () => {} })) {
      count += batch.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      if (count % 50 === 0) await sleep(1);
    }
    expect(count).toBe(2_000_000);
    expect(most / 1e6).toBeLessThan(64); // of 160 MB in all
  });
});
