import { availableParallelism } from "node:os";
import type { EncoderFolder } from "../encoder/encoder-manifest.ts";
import { EncoderPool } from "../encoder/encoder-pool.ts";
import type { Provider } from "../encoder/providers.ts";
import { cosine } from "../vector-store/exact-cosine.ts";

/** Texts as one encoder sees them. */
export interface EncodedTexts {
  /** Of two of the texts. */
  cosine(a: string, b: string): number;
}

/** Encodes each different text once, all in the same role, with an encoder that is started for it alone. */
export async function encodedTexts(
  folder: EncoderFolder,
  texts: readonly string[],
  provider: Provider,
): Promise<EncodedTexts> {
  const distinct = [...new Set(texts)];
  await using pool = await EncoderPool.start(folder, 1, {
    provider,
    threads: availableParallelism(),
    tokenBudget: 2048,
  });
  const { vectors } = await pool.encode(distinct, "query");
  const { dimension } = folder.manifest;
  const place = new Map(distinct.map((text, i) => [text, i]));
  const vector = (text: string): Float32Array => {
    const start = place.get(text)! * dimension;
    return vectors.subarray(start, start + dimension);
  };
  return { cosine: (a, b) => cosine(vector(a), vector(b)) };
}
