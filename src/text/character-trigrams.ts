import { normalizeText } from "./normalize.ts";

/** Trigrams are told apart by so many numbers; a name has some twenty, so that two that share a number hardly meet. */
export const TRIGRAM_SLOTS: number = 2 ** 20;

const PLAIN = /^[a-z0-9 ]+$/;

/**
 * The character trigrams of a text, each once, as rising numbers below `TRIGRAM_SLOTS`: of its normalized form with a
 * space before and after, so that beginnings and ends of words count.
 */
export function characterTrigrams(text: string): Uint32Array {
  const lower = text.toLowerCase();
  const padded = ` ${PLAIN.test(lower) && !lower.includes("  ") ? lower.trim() : normalizeText(text)} `;
  const found = new Uint32Array(Math.max(0, padded.length - 2));
  for (let i = 0; i < found.length; i++) {
    const mixed = Math.imul(
      Math.imul(Math.imul(padded.charCodeAt(i), 0x9e3779b1) ^ padded.charCodeAt(i + 1), 0x85ebca6b) ^
        padded.charCodeAt(i + 2),
      0xc2b2ae35,
    );
    found[i] = (mixed ^ (mixed >>> 15)) & (TRIGRAM_SLOTS - 1);
  }
  found.sort();
  let kept = 0;
  for (let i = 0; i < found.length; i++) if (i === 0 || found[i] !== found[i - 1]) found[kept++] = found[i]!;
  return found.subarray(0, kept);
}
