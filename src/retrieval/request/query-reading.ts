import type { Encoder } from "../../encoder/encoder-pool.ts";
import type { EncodedTexts } from "../../encoder/loaded-encoder.ts";
import { type MentionReading, readMention } from "../../text/mention-reading.ts";

/** A query as it is searched for: with the abbreviations that its context explains spelled out. */
export interface QueryReading extends MentionReading {
  /** As it was asked. */
  asked: string;
  context?: string;
}

/** Queries, each read in its context where it has one. */
export function readingsOf(
  queries: readonly string[],
  contexts: readonly (string | undefined)[] = [],
): QueryReading[] {
  return queries.map((asked, i) => {
    const context = contexts[i]?.normalize("NFC").trim();
    if (!context) return { asked, text: asked, abbreviations: [] };
    return { asked, context, ...readMention(asked, context) };
  });
}

/** The vectors of queries: an encoder that reads mentions in their texts gets them as they stand there, others spelled out. */
export function encodedReadings(encoder: Encoder, readings: readonly QueryReading[]): Promise<EncodedTexts> {
  if (!encoder.folder.manifest.mention)
    return encoder.encode(
      readings.map(({ text }) => text),
      "query",
    );
  return encoder.encode(
    readings.map(({ asked }) => asked),
    "query",
    readings.map(({ context }) => context),
  );
}

export function shownReading({ text, abbreviations }: QueryReading): MentionReading {
  return { text, abbreviations };
}
