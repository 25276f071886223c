import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encoderWorkers } from "../../ingest/write/encoder-workers.ts";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const GB = 2 ** 30;

/** An encoder folder whose graph has a size; nothing of it is on the disk. */
function encoder(root: string, name: string, bytes: number): EncoderFolder {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "model.onnx"), "");
  truncateSync(join(folder, "model.onnx"), bytes);
  return {
    folder,
    manifest: { id: name, checksums: { "model.onnx": "" } },
    hash: name,
  } as unknown as EncoderFolder;
}

describe("workers of an encoder", () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const encoders = [encoder(folder.path, "a", 22e6), encoder(folder.path, "b", 36e6)];
  const large = [encoder(folder.path, "large", 2.2e9)];
  const asked = undefined;

  test("are one for six texts, however many cores there are, and however many were asked for", () => {
    expect(encoderWorkers({ encoders, texts: 6, asked, cores: 16, room: 64 * GB })).toBe(1);
    expect(encoderWorkers({ encoders, texts: 6, asked: 16, cores: 16, room: 64 * GB })).toBe(1);
  });

  test("are as many as cores where there is work and memory", () => {
    expect(encoderWorkers({ encoders, texts: 1e6, asked, cores: 16, room: 64 * GB })).toBe(16);
  });

  test("keep within a container's memory: 64 cores and 8 GB, and 2 GB", () => {
    // What was measured: 0.3 GB for the process, 0.235 GB for each pair of workers.
    for (const room of [2 * GB, 8 * GB]) {
      const workers = encoderWorkers({ encoders, texts: 1e7, asked, cores: 64, room });
      expect(workers).toBeGreaterThan(2);
      expect(0.3e9 + workers * 0.235e9).toBeLessThan(0.8 * room);
    }
  });

  test("of large graphs are few", () => {
    expect(encoderWorkers({ encoders: large, texts: 1e7, asked, cores: 16, room: 16 * GB })).toBe(2);
  });

  test("are one where memory would hold none, and as many as were asked for whatever the memory", () => {
    expect(encoderWorkers({ encoders, texts: 1e7, asked, cores: 16, room: 0 })).toBe(1);
    expect(encoderWorkers({ encoders, texts: 1e7, asked: 12, cores: 2, room: 0 })).toBe(12);
  });
});
