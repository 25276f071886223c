import type { EncoderLeg } from "../../retrieval/searcher.ts";
import type { OnProgress } from "../../terminology/progress.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import type { ReleaseRecord } from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { findCandidates } from "../align-lexicon.ts";
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

/**
 * Fits the strong mode on pairs that the release itself gives: its largest sources are left out in turn, and their names
 * aligned to the rest, where the concept that they belong to is the right one.
 * Errors: `bad-input` for a release that is too small.
 */
export async function trainMatcher(
  store: VectorStore,
  release: ReleaseRecord,
  legs: readonly EncoderLeg[],
  options: TrainingOptions,
): Promise<MatcherModel> {
  const { entries, without = [], precision } = options;
  const sources = Object.entries(release.counts.bySab)
    .filter(([sab, atoms]) => atoms >= MIN_ATOMS && !without.includes(sab))
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([sab]) => sab)
    .slice(0, MAX_SOURCES);
  const examples: MatcherExample[] = [];
  const several = sources.length > 1;
  const letters = indexLetters(store, release, MAX_INDEXED_STRINGS, options.signal);
  for (const sab of several ? sources : [undefined]) {
    const count = Math.ceil(entries / (several ? sources.length : 1));
    const lexicon = await trainingLexicon(store, release, { count, ...(sab === undefined ? {} : { sab }) });
    examples.push(...(await examplesOf(lexicon, letters, { store, release, legs, options })));
  }
  if (examples.filter(({ right }) => right >= 0).length < MIN_EXAMPLES)
    throw new TermduetError(
      "bad-input",
      `${release.dataset} ${release.release} gives too few pairs to fit a matcher on: at least ${MIN_EXAMPLES} names of concepts with several names are needed`,
    );
  const from = several ? `, ${sources.join(", ")} left out in turn` : "";
  const encoders = legs.map(({ encoder }) => encoder.folder.manifest.id).join(" and ");
  const origin = `${examples.length} entries of ${release.dataset} ${release.release}${from}, with ${encoders}`;
  return fitMatcher(examples, origin, precision);
}

interface TrainingContext {
  store: VectorStore;
  release: ReleaseRecord;
  legs: readonly EncoderLeg[];
  options: TrainingOptions;
}

async function examplesOf(
  { entries, sab, hidden }: TrainingLexicon,
  letters: Promise<TrigramIndex>,
  { store, release, legs, options: { without = [], onProgress, signal } }: TrainingContext,
): Promise<MatcherExample[]> {
  const left = new Set([...without, ...(sab === undefined ? [] : [sab])]);
  const rest = Object.keys(release.counts.bySab).filter((other) => !left.has(other));
  const filter = left.size > 0 ? { sab: rest } : {};
  const control = { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) };
  const finder = new CandidateFinder(store, release, legs, {
    mode: "strong",
    filter,
    exact: false,
    letters,
    ...(hidden ? { hidden } : {}),
    ...(signal ? { signal } : {}),
  });
  const lexicon = entries.map(({ entry }) => entry);
  const candidates = await findCandidates(lexicon, finder, control);
  const ancestors = new ConceptAncestors(store, release.concepts, filter.sab);
  const known = lexicon.map((entry, i) => ({ entry, candidates: candidates[i]! }));
  const contexts = await lexiconContexts(known, ancestors, signal);
  return entries.map(({ cui, isThere }, i) => ({
    rows: pairFeatures(candidates[i]!, contexts[i]!),
    right: candidates[i]!.findIndex((candidate) => candidate.cui === cui),
    isThere,
  }));
}
