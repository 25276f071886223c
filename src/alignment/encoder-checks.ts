import type { EncoderFolder } from "../encoder/encoder-manifest.ts";
import type { Encoder } from "../encoder/encoder-pool.ts";
import type { EncoderRetriever } from "../retrieval/searcher.ts";
import { cosine } from "../vector-store/exact-cosine.ts";
import type { LexiconAlignment } from "./align-lexicon.ts";

/** Two texts that have nothing to do with each other, and what an encoder gives them (the paper's Table 5). */
export interface UnrelatedPair {
  source: string;
  target: string;
  /** One per encoder. */
  scores: { cosine: number; grade: number }[];
}

/** The same pairs by an encoder and by another precision of it (the paper's Fig. 5). */
export interface PrecisionComparison {
  /** Number of the encoder. */
  encoder: number;
  precision: string;
  other: { id: string; precision: string };
  /** Cosines of the same pairs, by the encoder and by the other. */
  cosines: number[];
  otherCosines: number[];
}

/** What was looked at beside the alignment, for the report. */
export interface EncoderChecks {
  unrelated: UnrelatedPair[];
  precisions: PrecisionComparison[];
}

const UNRELATED = 200;
const COMPARED = 400;

/**
 * Looks at the encoders themselves on texts of the lexicon: what they give to entries and to names found for quite other entries, and,
 * where another precision of an encoder is at hand, what that gives to the encoder's own pairs.
 */
export async function checkEncoders(
  { entries }: LexiconAlignment,
  retrievers: readonly EncoderRetriever[],
  others: readonly { encoder: number; other: Encoder }[],
): Promise<EncoderChecks> {
  const strangers = unrelatedTexts(entries);
  const found = await Promise.all(retrievers.map(({ encoder }) => cosinesOf(encoder, strangers)));
  const unrelated = strangers.map(({ source, target }, i) => ({
    source,
    target,
    scores: retrievers.map(({ calibrator }, retriever) => ({
      cosine: found[retriever]![i]!,
      grade: calibrator.grade(found[retriever]![i]!),
    })),
  }));
  const precisions: PrecisionComparison[] = [];
  for (const { encoder, other } of others) {
    const pairs = evenly(
      entries.flatMap(({ entry, best }) => {
        const concept = best[encoder];
        return concept ? [{ source: textOf(entry), target: concept.sightings[encoder]!.string }] : [];
      }),
      COMPARED,
    );
    const retriever = retrievers[encoder]!;
    const [cosines, otherCosines] = [
      await cosinesOf(retriever.encoder, pairs),
      await cosinesOf(other, pairs),
    ];
    const { id, precision } = other.folder.manifest;
    precisions.push({
      encoder,
      precision: retriever.encoder.folder.manifest.precision,
      other: { id, precision },
      cosines,
      otherCosines,
    });
  }
  return { unrelated, precisions };
}

/**
 * Of the encoders installed the one that is this encoder in floating point: same tokenizer, pooling and dimension, another graph. Undefined
 * where there is none.
 */
export function floatTwin(
  encoder: EncoderFolder,
  known: readonly EncoderFolder[],
): EncoderFolder | undefined {
  const { dimension, pooling, checksums } = encoder.manifest;
  return known.find(
    ({ hash, manifest }) =>
      hash !== encoder.hash &&
      manifest.dimension === dimension &&
      manifest.pooling === pooling &&
      manifest.checksums["tokenizer.json"] === checksums["tokenizer.json"] &&
      /^(fp|float)/i.test(manifest.precision) &&
      !/^(fp|float)/i.test(encoder.manifest.precision),
  );
}

interface TextPair {
  source: string;
  target: string;
}

/** An entry with the name that was found for another far away in the lexicon, where neither knows the other's concept. */
function unrelatedTexts(entries: LexiconAlignment["entries"]): TextPair[] {
  const half = Math.floor(entries.length / 2);
  const pairs = entries.flatMap(({ entry, candidates }, i): TextPair[] => {
    const other = entries[(i + half) % entries.length]!.merged;
    if (!other || half === 0 || candidates.some(({ cui }) => cui === other.concept.cui)) return [];
    return [{ source: textOf(entry), target: other.string }];
  });
  return evenly(pairs, UNRELATED);
}

function textOf({ term, explanation }: { term: string; explanation?: string }): string {
  return explanation === undefined ? term : `${term} ${explanation}`;
}

async function cosinesOf(encoder: Encoder, pairs: readonly TextPair[]): Promise<number[]> {
  const sources = pairs.map(({ source }) => source.slice(0, 1000));
  const [queries, strings] = [
    await encoder.encode(sources, "query"),
    await encoder.encode(
      pairs.map(({ target }) => target),
      "string",
    ),
  ];
  const width = encoder.folder.manifest.dimension;
  const row = (vectors: Float32Array, i: number): Float32Array =>
    vectors.subarray(i * width, (i + 1) * width);
  return pairs.map((_, i) => Math.min(1, cosine(row(queries.vectors, i), row(strings.vectors, i))));
}

function evenly<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
