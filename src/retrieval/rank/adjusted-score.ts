/**
 * What a concept's nearest string is worth to an encoder, as a cosine, with what else speaks for the concept: each share makes
 * up as much of what is then still lacking of 1. So nothing passes 1, and of two names the nearer stays the nearer.
 */
export function worth(cosine: number, shares: readonly number[]): number {
  const left = shares.reduce((product, share) => product * (1 - share), 1);
  // float32 rounding can carry a cosine past 1.
  return cosine + (1 - left) * Math.max(0, 1 - cosine);
}
