import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EncoderFolder } from "../../src/encoder/encoder-manifest.ts";
import { EncoderPool } from "../../src/encoder/encoder-pool.ts";
import type { Contender } from "../encoder-speed.ts";

// What `ingest` gives a worker at a time.
const SLICE = 2048;
const TOKEN_BUDGET = 1024;

/** An encoder folder in the pool that `ingest` uses: one worker a core, one thread each. */
export class OwnEncoder implements Contender {
  readonly name: string;
  readonly sizeBytes: number;
  readonly #pool: EncoderPool;
  readonly #workers: number;

  private constructor(folder: EncoderFolder, pool: EncoderPool, workers: number) {
    this.name = `termduet ${folder.manifest.precision} (${folder.manifest.id})`;
    this.sizeBytes = readdirSync(folder.folder)
      .filter((name) => name.startsWith("model.onnx"))
      .reduce((sum, name) => sum + statSync(join(folder.folder, name)).size, 0);
    this.#pool = pool;
    this.#workers = workers;
  }

  static async start(folder: EncoderFolder, workers: number): Promise<OwnEncoder> {
    const options = { provider: "cpu" as const, threads: 1, tokenBudget: TOKEN_BUDGET };
    return new OwnEncoder(folder, await EncoderPool.start(folder, workers, options), workers);
  }

  /** The memory is that of this whole process, which holds all of our encoders. */
  async encode(file: string, out?: string): Promise<{ seconds: number; rssMb: number }> {
    const texts = readFileSync(file, "utf8").split("\n").filter(Boolean);
    const { dimension } = this.#pool.folder.manifest;
    const start = performance.now();
    const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
    const vectors = new Float32Array(texts.length * dimension);
    const size = Math.min(SLICE, Math.ceil(texts.length / (2 * this.#workers)));
    const slices = Array.from({ length: Math.ceil(order.length / size) }, (_, i) =>
      order.slice(i * size, (i + 1) * size),
    );
    // The longest first: the workers end together.
    await Promise.all(
      slices.toReversed().map(async (slice) => {
        const found = await this.#pool.encode(
          slice.map((i) => texts[i]!),
          "string",
        );
        for (const [row, i] of slice.entries())
          vectors.set(found.vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension);
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    if (out !== undefined) writeFileSync(out, new Uint8Array(vectors.buffer));
    return { seconds, rssMb: process.memoryUsage().rss / 1e6 };
  }

  async close(): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
