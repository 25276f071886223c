/** A batch of distinct token sequences of one length, and which inputs each of them stands for. */
export interface TokenBatch {
  /** Tokens per sequence: no sequence is padded. */
  length: number;
  sequences: (readonly number[])[];
  /** For each sequence the positions of the inputs that have it. */
  inputs: number[][];
}

/**
 * Groups token sequences into batches of equal length of at most `tokenBudget` tokens, identical sequences once.
 * Short sequences come first, so that progress is steady.
 */
export function tokenBatches(sequences: readonly (readonly number[])[], tokenBudget: number): TokenBatch[] {
  const byLength = new Map<number, Map<string, number[]>>();
  for (const [position, sequence] of sequences.entries()) {
    const group = byLength.get(sequence.length) ?? new Map<string, number[]>();
    byLength.set(sequence.length, group);
    const key = sequence.join(" ");
    const same = group.get(key);
    if (same) same.push(position);
    else group.set(key, [position]);
  }
  const batches: TokenBatch[] = [];
  for (const length of [...byLength.keys()].sort((a, b) => a - b)) {
    const groups = [...byLength.get(length)!.values()];
    const size = Math.max(1, Math.floor(tokenBudget / Math.max(1, length)));
    for (let start = 0; start < groups.length; start += size) {
      const inputs = groups.slice(start, start + size);
      batches.push({ length, inputs, sequences: inputs.map((positions) => sequences[positions[0]!]!) });
    }
  }
  return batches;
}
