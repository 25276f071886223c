import type { SearchFilter } from "../retrieval/request/search-filter.ts";
import type { EncoderRetriever, Searcher } from "../retrieval/searcher.ts";
import type { LexiconEntry } from "../terminology/lexicon/lexicon.ts";
import type { OnProgress } from "../terminology/progress.ts";
import type { Preprocessing } from "../text/preprocess.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { type AlignedEntry, alignedEntry } from "./aligned-entry.ts";
import { type Choice, choosePairs } from "./choose-pairs.ts";
import type { ConceptCandidate } from "./concept-candidates.ts";
import { CandidateFinder, ENTRIES_PER_CHUNK } from "./entry-candidates.ts";
import type { AlignmentMode } from "./entry-texts.ts";
import type { MatcherModel } from "./matching/matcher.ts";
import { mergeByRatings } from "./merge-alignments.ts";
import { ableRetrievers } from "./translation/texts-for-encoder.ts";
import type { Translator } from "./translation/translator.ts";

export interface AlignOptions {
  mode: AlignmentMode;
  /** Absent where the store holds one dataset alone. */
  dataset?: string;
  /** Ids of the encoders, the leading one first; absent: all that the release has. */
  encoders?: readonly string[];
  /** Which atoms may be aligned to: `lat: ["FRE"]` is the paper's setting. */
  filter: SearchFilter;
  /** Compares with every vector instead of asking the index. */
  exact: boolean;
  /** Coefficients of the strong mode. */
  matcher: MatcherModel;
  /** Of the strong mode; a number is the least probability of a pair that is taken. */
  choice: Choice;
  /** Of the strong mode: no concept is taken twice. */
  oneToOne?: boolean;
  /** Strings of the release that are looked at by their letters; all, up to two million, when left out. */
  lettersOf?: number;
  preprocessing?: Preprocessing;
  /** For encoders that don't read the lexicon's language. */
  translator?: Translator;
  /** Told why an encoder takes no part. */
  onLeftOut?: (message: string) => void;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface AlignDeps {
  store: VectorStore;
  searcher: Pick<Searcher, "retrievers"> & { readonly releases: Pick<Searcher["releases"], "resolve"> };
}

/** An encoder that took part. */
export interface AlignedEncoder {
  id: string;
  hash: string;
  precision: string;
  dimension: number;
  /** `calibrator` of its `encoder.json`, with the comparison that it was chosen by. */
  calibrator?: unknown;
}

/** A whole lexicon aligned with a release. */
export interface LexiconAlignment {
  release: ReleaseRecord;
  mode: AlignmentMode;
  encoders: AlignedEncoder[];
  /** Least probability of the pairs that are taken; in strong mode alone. */
  threshold?: number;
  /** In the lexicon's order. */
  entries: AlignedEntry[];
}

/**
 * Aligns a lexicon to the active release of a dataset. Plain mode: paper Eq. 8 to 11, and the complementarity merge.
 * Strong mode: the candidates of both encoders, of names and of letters, each pair with a probability. The texts of a
 * chunk are encoded while the store answers for the chunk before.
 * Errors: those of the searcher's `resolve` and `retrievers`; `AbortError` when `signal` says so.
 */
export async function alignLexicon(
  entries: readonly LexiconEntry[],
  options: AlignOptions,
  { store, searcher }: AlignDeps,
): Promise<LexiconAlignment> {
  const { mode, filter, matcher, choice, oneToOne = false, translator, signal } = options;
  const release = await searcher.releases.resolve(options.dataset);
  const all = inOrder(await searcher.retrievers(release, options.encoders), options.encoders);
  const languages = new Set(entries.flatMap(({ lang }) => lang ?? []));
  const retrievers = ableRetrievers(all, languages, translator, options.onLeftOut ?? (() => undefined));
  const finder = new CandidateFinder(store, release, retrievers, options);
  const candidates = await findCandidates(entries, finder, options);
  const aligned = entries.map((entry, i) => alignedEntry(entry, candidates[i]!, retrievers.length));
  mergeByRatings(aligned, retrievers.length, mode === "plain" ? "leading" : "by evidence");
  const alignment = { release, mode, encoders: retrievers.map(encoderOf), entries: aligned };
  if (mode === "plain") return alignment;
  const settings = { matcher, choice, oneToOne, filter, ...(signal ? { signal } : {}) };
  const threshold = await choosePairs(aligned, candidates, { store, release }, settings);
  return { ...alignment, threshold };
}

/** The candidates of every entry; chunk by chunk, so that encoders and store work side by side. */
export async function findCandidates(
  entries: readonly LexiconEntry[],
  finder: CandidateFinder,
  { onProgress, signal }: Pick<AlignOptions, "onProgress" | "signal">,
): Promise<ConceptCandidate[][]> {
  const chunks = Array.from({ length: Math.ceil(entries.length / ENTRIES_PER_CHUNK) }, (_, i) =>
    entries.slice(i * ENTRIES_PER_CHUNK, (i + 1) * ENTRIES_PER_CHUNK),
  );
  const found: ConceptCandidate[][] = [];
  // Each is awaited in the next round, unless the round before it fails: then nobody asks for it.
  const encode = (chunk: readonly LexiconEntry[] = []): ReturnType<CandidateFinder["encode"]> => {
    const encoded = finder.encode(chunk);
    encoded.catch(() => undefined);
    return encoded;
  };
  let next = encode(chunks[0]);
  for (const [i, chunk] of chunks.entries()) {
    signal?.throwIfAborted();
    const encoded = await next;
    next = encode(chunks[i + 1]);
    const onShare = (share: number): void =>
      onProgress?.({
        stage: "align",
        done: found.length + Math.floor(share * chunk.length),
        total: entries.length,
        unit: "entries",
      });
    found.push(...(await finder.find(chunk, encoded, onShare)));
    onShare(0);
  }
  return found;
}

function inOrder(
  retrievers: readonly EncoderRetriever[],
  wanted: readonly string[] | undefined,
): EncoderRetriever[] {
  const place = (retriever: EncoderRetriever): number =>
    wanted?.indexOf(retriever.encoder.folder.manifest.id) ?? 0;
  return [...retrievers].sort((a, b) => place(a) - place(b));
}

function encoderOf({ encoder }: EncoderRetriever): AlignedEncoder {
  const { manifest, hash } = encoder.folder;
  const { id, precision, dimension, calibrator } = manifest;
  return { id, hash, precision, dimension, ...(calibrator === undefined ? {} : { calibrator }) };
}
