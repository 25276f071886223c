import { gatherEvidence } from "../retrieval/gather-evidence.ts";
import { type NamedString, namedStrings } from "../retrieval/named-strings.ts";
import { type SearchFilter, storeFilter } from "../retrieval/search-filter.ts";
import type { EncoderLeg, Searcher } from "../retrieval/searcher.ts";
import type { LexiconEntry } from "../terminology/lexicon.ts";
import type { OnProgress } from "../terminology/progress.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { type AlignedEntry, chooseConcepts, type MergedPair, meanGradeOf } from "./aligned-entry.ts";
import { conceptCandidates } from "./concept-candidates.ts";
import { type AlignmentMode, type EntryText, textsOf } from "./entry-texts.ts";
import { mergeAlignments } from "./merge-alignments.ts";

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
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

export interface AlignDeps {
  store: VectorStore;
  searcher: Pick<Searcher, "legs"> & { readonly releases: Pick<Searcher["releases"], "resolve"> };
}

/** An encoder that took part. */
export interface AlignedEncoder {
  id: string;
  hash: string;
  precision: string;
  dimension: number;
}

/** A whole lexicon aligned with a release. */
export interface LexiconAlignment {
  release: ReleaseRecord;
  mode: AlignmentMode;
  encoders: AlignedEncoder[];
  /** In the lexicon's order. */
  entries: AlignedEntry[];
}

// Entries that are encoded together: enough to fill batches of equal length, few enough to hold what they find.
const CHUNK = 256;
const STRINGS_PER_TEXT = 40;

/**
 * Aligns a lexicon to the active release of a dataset (paper Eq. 8 to 11, and the complementarity merge). The texts
 * of a chunk are encoded together while the store answers for the chunk before; what is held does not grow with the
 * lexicon but for the pairs chosen.
 * Errors: those of the searcher's `resolve` and `legs`; `AbortError` when `signal` says so.
 */
export async function alignLexicon(
  entries: readonly LexiconEntry[],
  options: AlignOptions,
  { store, searcher }: AlignDeps,
): Promise<LexiconAlignment> {
  const release = await searcher.releases.resolve(options.dataset);
  const legs = inOrder(await searcher.legs(release, options.encoders), options.encoders);
  const chunks = Array.from({ length: Math.ceil(entries.length / CHUNK) }, (_, i) =>
    entries.slice(i * CHUNK, (i + 1) * CHUNK),
  );
  const aligned: AlignedEntry[] = [];
  // Each is awaited in the next round, unless the round before it fails: then nobody asks for it.
  const encode = (chunk: readonly LexiconEntry[] = []): Promise<EncodedChunk> => {
    const encoded = encodeChunk(chunk, legs, options.mode);
    encoded.catch(() => undefined);
    return encoded;
  };
  let next = encode(chunks[0]);
  for (const [i, chunk] of chunks.entries()) {
    options.signal?.throwIfAborted();
    const encoded = await next;
    next = encode(chunks[i + 1]);
    const onShare = (share: number): void =>
      options.onProgress?.({
        stage: "align",
        done: aligned.length + Math.floor(share * chunk.length),
        total: entries.length,
        unit: "entries",
      });
    aligned.push(...(await alignChunk(chunk, encoded, { store, release, legs, options, onShare })));
    onShare(0);
  }
  mergeInto(aligned, legs.length, options.mode);
  return { release, mode: options.mode, encoders: legs.map(encoderOf), entries: aligned };
}

interface EncodedChunk {
  /** Each text of the chunk once. */
  texts: string[];
  /** Per encoder, row by row. */
  vectors: Float32Array[];
}

async function encodeChunk(
  entries: readonly LexiconEntry[],
  legs: readonly EncoderLeg[],
  mode: AlignmentMode,
): Promise<EncodedChunk> {
  const texts = [...new Set(entries.flatMap((entry) => textsOf(entry, mode).map(({ text }) => text)))];
  const encoded = await Promise.all(legs.map(({ encoder }) => encoder.encode(texts, "query")));
  return { texts, vectors: encoded.map(({ vectors }) => vectors) };
}

interface ChunkContext {
  store: VectorStore;
  release: ReleaseRecord;
  legs: readonly EncoderLeg[];
  options: AlignOptions;
  onShare: (share: number) => void;
}

async function alignChunk(
  entries: readonly LexiconEntry[],
  { texts, vectors }: EncodedChunk,
  { store, release, legs, options, onShare }: ChunkContext,
): Promise<AlignedEntry[]> {
  const { mode, filter, exact, signal } = options;
  const asked = entries.map((entry) => textsOf(entry, mode));
  const named = await namesOf(store, release.strings, texts, asked, mode);
  const pushed = storeFilter(filter);
  const evidence = await gatherEvidence(store, release.strings, legs, vectors, named, {
    strings: STRINGS_PER_TEXT,
    exact,
    ...(pushed ? { filter: pushed } : {}),
    ...(signal ? { signal } : {}),
    onTexts: (done) => onShare(done / texts.length),
  });
  const place = new Map(texts.map((text, i) => [text, i]));
  const calibrators = legs.map(({ calibrator }) => calibrator);
  return entries.map((entry, i) => {
    const findings = asked[i]!.map((text) => {
      const at = place.get(text.text)!;
      // Term and explanation together are no name, even where a release has the very words.
      const names = mode === "strong" && text.field !== "term and explanation" ? named[at]! : [];
      return { text, evidence: evidence[at]!, named: names };
    });
    const candidates = conceptCandidates(findings, calibrators, filter, mode === "strong");
    return chooseConcepts(entry, candidates, legs.length);
  });
}

/** For each text of the chunk the strings it names; in strong mode, and for terms and synonyms alone. */
async function namesOf(
  store: VectorStore,
  strings: string,
  texts: readonly string[],
  asked: readonly (readonly EntryText[])[],
  mode: AlignmentMode,
): Promise<NamedString[][]> {
  if (mode === "plain") return texts.map(() => []);
  const names = [
    ...new Set(
      asked
        .flat()
        .filter(({ field }) => field !== "term and explanation")
        .map(({ text }) => text),
    ),
  ];
  const found = await namedStrings(store, strings, names, { codes: false });
  const byText = new Map(names.map((text, i) => [text, found[i]!]));
  return texts.map((text) => byText.get(text) ?? []);
}

/** The merge over the whole lexicon: the very same names first, then the paper's complementarity. */
function mergeInto(entries: readonly AlignedEntry[], encoders: number, mode: AlignmentMode): void {
  const models = Array.from({ length: encoders }, (_, m) =>
    entries.map(({ best }) => best[m] && { concept: best[m].cui, rating: best[m].sightings[m]!.rating }),
  );
  const order = mode === "plain" ? undefined : (entry: number) => byEvidence(entries[entry]!);
  for (const { entry, model, rating } of mergeAlignments(models, order)) {
    const concept = entries[entry]!.best[model]!;
    const { string, grade } = concept.sightings[model]!;
    entries[entry]!.merged = { concept, rating, source: model, string, confidence: grade / 5 };
  }
  for (const aligned of entries) if (aligned.exact) aligned.merged = exactPair(aligned.exact);
}

function exactPair(concept: AlignedEntry["exact"] & object): MergedPair {
  return { concept, rating: 5, source: "exact", string: concept.same!.string, confidence: 1 };
}

/** Where encoders rate their choices alike, the choice that all of them together grade higher comes first. */
function byEvidence({ best }: AlignedEntry): number[] {
  const grade = best.map((concept) => (concept ? meanGradeOf(concept) : 0));
  return best.map((_, m) => m).sort((a, b) => grade[b]! - grade[a]! || a - b);
}

function inOrder(legs: readonly EncoderLeg[], wanted: readonly string[] | undefined): EncoderLeg[] {
  const place = (leg: EncoderLeg): number => wanted?.indexOf(leg.encoder.folder.manifest.id) ?? 0;
  return [...legs].sort((a, b) => place(a) - place(b));
}

function encoderOf({ encoder }: EncoderLeg): AlignedEncoder {
  const { manifest, hash } = encoder.folder;
  return { id: manifest.id, hash, precision: manifest.precision, dimension: manifest.dimension };
}
