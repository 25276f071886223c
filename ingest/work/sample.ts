import type { TextBlock } from "../write/encode-block.ts";

const SAMPLE_PER_BLOCK = 8;
const MAX_SAMPLE = 256;

/** Strings whose vectors are looked at once more, for each encoder. */
export interface Sample {
  ids: string[];
  texts: string[];
}

/** Takes some strings of a block, spread over it. */
export function addToSample(sample: Sample, block: TextBlock): void {
  const step = Math.max(1, Math.floor(block.ids.length / SAMPLE_PER_BLOCK));
  for (let i = 0; i < block.ids.length && sample.ids.length < MAX_SAMPLE; i += step) {
    // What was read in its context has another vector alone.
    if (block.contexts?.[i] !== undefined) continue;
    sample.ids.push(block.ids[i]!);
    sample.texts.push(block.texts[i]!);
  }
}

/** The first strings of a sample: the share of one of `of` processes. */
export function someOf({ ids, texts }: Sample, of: number): Sample {
  const count = Math.max(SAMPLE_PER_BLOCK, Math.ceil(MAX_SAMPLE / of));
  return { ids: ids.slice(0, count), texts: texts.slice(0, count) };
}
