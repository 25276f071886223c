import type { EncoderManifest } from "./encoder-manifest.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** How an encoder reads a mention in the text in which it stands: `mention` of `encoder.json`. */
export type MentionForm = NonNullable<EncoderManifest["mention"]>;

/** A mention with the text before and after it; both empty where it stands in none. */
export interface PlacedMention {
  left: string;
  mention: string;
  right: string;
}

/** Finds a mention in its context: as written and as words of its own, else without regard to case, else at the context's end. */
export function placed(mention: string, context: string | undefined): PlacedMention {
  if (context === undefined || context.trim() === "") return { left: "", mention, right: "" };
  const at = placeOf(mention, context);
  if (at < 0) return { left: `${context} `, mention, right: "" };
  const end = at + mention.length;
  return { left: context.slice(0, at), mention: context.slice(at, end), right: context.slice(end) };
}

function placeOf(mention: string, context: string): number {
  const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
  for (const text of [context, context.toLowerCase()]) {
    // Lower case may have another length; then places say nothing.
    if (text.length !== context.length) continue;
    const wanted = text === context ? mention : mention.toLowerCase();
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
      if (!isWord(text[at - 1]) && !isWord(text[at + wanted.length])) return at;
  }
  return context.indexOf(mention);
}

/**
 * Token sequences of mentions in their texts: the mention between its markers in the middle, as much of the text on each side as the
 * window has room for, and what one side leaves the other gets (KRISSBERT's `[CLS] left <ENT> mention </ENT> right [SEP]`).
 */
export async function mentionSequences(
  tokenizer: Tokenizer,
  mentions: readonly PlacedMention[],
  { before, after, window }: MentionForm,
): Promise<number[][]> {
  const [frame] = await tokenizer.encode([""]);
  const [first, ...rest] = frame!;
  const sides = await tokenizer.pieces(mentions.flatMap(({ left, right }) => [left, right]));
  const marked = await tokenizer.pieces(mentions.map(({ mention }) => `${before}${mention}${after}`));
  return marked.map((middle, i) => {
    const [left, right] = [sides[2 * i]!, sides[2 * i + 1]!];
    const kept = middle.slice(0, window - frame!.length);
    const room = window - frame!.length - kept.length;
    const half = Math.floor(room / 2);
    const ofRight = Math.min(right.length, Math.max(room - half, room - left.length));
    const ofLeft = Math.min(left.length, room - ofRight);
    const words = [...left.slice(left.length - ofLeft), ...kept, ...right.slice(0, ofRight)];
    return first === undefined ? words : [first, ...words, ...rest];
  });
}
