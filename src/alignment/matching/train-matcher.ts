import { namedStrings } from "../../retrieval/match/exact-matches.ts";
import type { EncoderRetriever } from "../../retrieval/searcher.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { findCandidates } from "../align-lexicon.ts";
import { isVeryName } from "../concept-candidates.ts";
import { CandidateFinder } from "../entry-candidates.ts";
import { ConceptAncestors } from "./concept-ancestors.ts";
import { fitMatcher, type MatcherExample } from "./fit-matcher.ts";
import { indexLetters, MAX_INDEXED_STRINGS } from "./letters-of-release.ts";
import { lexiconContexts } from "./lexicon-context.ts";
import type { MatcherModel } from "./matcher.ts";
import { pairFeatures } from "./pair-features.ts";
import { type TrainingLexicon, trainingLexicon } from "./training-lexicon.ts";
import type { TrigramIndex } from "./trigram-index.ts";

export interface TrainingOptions {
  /** Entries to make, over all sources. */
  entries: number;
  /** Sources that are not looked at at all: neither left out in turn, nor aligned to. */
  without?: readonly string[];
  /** What the threshold for precision is to reach. */
  precision: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

const MAX_SOURCES = 8;
const MIN_ATOMS = 200;
const MIN_EXAMPLES = 50;
/** Entries of a source that are looked at before it is taken. */
const LOOKED_AT = 60;
/** Share of them whose concepts the rest has: where fewer are there, what is missing is mostly the release's word that two names mean the same. */
const MIN_SHARED = 0.5;

/**
 * Fits the strong mode on pairs that the release itself gives: its largest sources that share concepts with others are left out in
 * turn, and their names aligned to the rest, where the concept that they belong to is the right one; once as they are, and
 * once as if the rest had none of these very names, as lay words and other languages are met: two examples of each entry.
 * Errors: `bad-input` for a release that is too small.
 */
export async function trainMatcher(
  store: VectorStore,
  release: ReleaseRecord,
  retrievers: readonly EncoderRetriever[],
  options: TrainingOptions,
): Promise<MatcherModel> {
  const { entries, without = [], precision } = options;
  const sources = Object.entries(release.counts.bySab)
    .filter(([sab, atoms]) => atoms >= MIN_ATOMS && !without.includes(sab))
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([sab]) => sab);
  const lexicons = await lexiconsOf(store, release, sources, { entries, without });
  const examples: MatcherExample[] = [];
  const letters = indexLetters(store, release, MAX_INDEXED_STRINGS, options.signal);
  for (const lexicon of lexicons)
    examples.push(...(await examplesOf(lexicon, letters, { store, release, retrievers, options })));
  if (examples.filter(({ right }) => right >= 0).length < MIN_EXAMPLES)
    throw new TermduetError(
      "bad-input",
      `${release.dataset} ${release.release} gives too few pairs to fit a matcher on: at least ${MIN_EXAMPLES} names of concepts with several names are needed`,
    );
  const left = lexicons.flatMap(({ sab }) => sab ?? []);
  const from = left.length > 0 ? `, ${left.join(", ")} left out in turn` : "";
  const encoders = retrievers.map(({ encoder }) => encoder.folder.manifest.id).join(" and ");
  const origin = `${examples.length} examples of ${release.dataset} ${release.release}${from}, with ${encoders}`;
  return fitMatcher(examples, origin, precision);
}

/** A lexicon of each source that shares enough with the rest; of the whole release where there is one source alone. */
async function lexiconsOf(
  store: VectorStore,
  release: ReleaseRecord,
  sources: readonly string[],
  { entries, without }: { entries: number; without: readonly string[] },
): Promise<TrainingLexicon[]> {
  if (sources.length < 2) return [await trainingLexicon(store, release, { count: entries })];
  const sharing: string[] = [];
  for (const sab of sources) {
    if (sharing.length === MAX_SOURCES) break;
    const { entries: some } = await trainingLexicon(store, release, { sab, without, count: LOOKED_AT });
    const names = await namedStrings(
      store,
      release.strings,
      some.map(({ entry }) => entry.term),
      { codes: false },
    );
    const isNamed = (i: number): boolean =>
      names[i]!.some(({ record }) => record.atoms.some((a) => a.sab !== sab && !without.includes(a.sab)));
    const clear = some.filter(({ isThere }, i) => isThere || !isNamed(i));
    const there = clear.filter(({ isThere }) => isThere).length;
    if (there > 0 && there >= MIN_SHARED * clear.length) sharing.push(sab);
  }
  const taken = sharing.length > 0 ? sharing : sources.slice(0, MAX_SOURCES);
  const count = Math.ceil(entries / taken.length);
  return Promise.all(taken.map((sab) => trainingLexicon(store, release, { sab, without, count })));
}

interface TrainingContext {
  store: VectorStore;
  release: ReleaseRecord;
  retrievers: readonly EncoderRetriever[];
  options: TrainingOptions;
}

async function examplesOf(
  { entries, sab, hidden }: TrainingLexicon,
  letters: Promise<TrigramIndex>,
  { store, release, retrievers, options: { without = [], onProgress, signal } }: TrainingContext,
): Promise<MatcherExample[]> {
  const left = new Set([...without, ...(sab === undefined ? [] : [sab])]);
  const rest = Object.keys(release.counts.bySab).filter((other) => !left.has(other));
  const filter = left.size > 0 ? { sab: rest } : {};
  const control = { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
  const lexicon = entries.map(({ entry }) => entry);
  const ancestors = new ConceptAncestors(store, release.concepts, filter.sab);
  const examples: MatcherExample[] = [];
  const unclear = new Set<number>();
  for (const unnamed of [false, true]) {
    const finder = new CandidateFinder(store, release, retrievers, {
      mode: "strong",
      filter,
      exact: false,
      letters,
      unnamed,
      ...(hidden ? { hidden } : {}),
      ...(signal ? { signal } : {}),
    });
    const candidates = await findCandidates(lexicon, finder, control);
    const known = lexicon.map((entry, i) => ({ entry, candidates: candidates[i]! }));
    const contexts = await lexiconContexts(known, ancestors, signal);
    for (const [i, { cui, isThere }] of entries.entries()) {
      const own = candidates[i]!;
      // The release has something of this very name and does not say that it is the same: nobody knows.
      if (!isThere && own.some(({ same }) => isVeryName(same))) unclear.add(i);
      if (unclear.has(i)) continue;
      const right = own.findIndex((candidate) => candidate.cui === cui);
      examples.push({ rows: pairFeatures(own, contexts[i]!), right, isThere });
    }
  }
  return examples;
}
