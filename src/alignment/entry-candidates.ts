import { type NamedString, namedStrings } from "../retrieval/match/exact-matches.ts";
import { type StoredString, storedString } from "../retrieval/match/stored-string.ts";
import { collectCandidates } from "../retrieval/rank/collect-candidates.ts";
import { ReadNames } from "../retrieval/rank/concept-differences.ts";
import { type SearchFilter, storeFilter } from "../retrieval/request/search-filter.ts";
import type { EncoderRetriever } from "../retrieval/searcher.ts";
import type { StringRecord } from "../terminology/concept.ts";
import { latOf } from "../terminology/languages.ts";
import type { LexiconEntry } from "../terminology/lexicon/lexicon.ts";
import { type Preprocessing, preprocess } from "../text/preprocess.ts";
import { distinctPlaces } from "../vector-store/distinct-places.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { type ConceptCandidate, compareMeanings, conceptCandidates } from "./concept-candidates.ts";
import { type AlignmentMode, type EntryText, isName, textsOf } from "./entry-texts.ts";
import { decideHomonyms } from "./matching/homonyms.ts";
import { indexLetters, MAX_INDEXED_STRINGS, tagPasses } from "./matching/letters-of-release.ts";
import { likenessOf } from "./matching/pair-features.ts";
import type { AllowedTags, TrigramIndex } from "./matching/trigram-index.ts";
import { textsForEncoder } from "./translation/texts-for-encoder.ts";
import type { Translator } from "./translation/translator.ts";

/** Entries that are encoded together: enough to fill batches of equal length, few enough to hold what they find. */
export const ENTRIES_PER_CHUNK = 256;
const STRINGS_PER_TEXT = { plain: 40, strong: 30 } as const;
const STRINGS_BY_LETTERS = 10;
/** Candidates of an entry that are kept, and places at which an encoder's own are. */
const KEPT = 12;
const KEPT_OF_EACH = 3;

export interface CandidateOptions {
  mode: AlignmentMode;
  filter: SearchFilter;
  exact: boolean;
  /** Strings that are not looked at, by their text. */
  hidden?: ReadonlySet<string>;
  /** Whether to look at no string that is a name of the entry, as if the release called what it means otherwise. */
  unnamed?: boolean;
  /** What is done to texts before encoders read them; names are looked up as they are. */
  preprocessing?: Preprocessing;
  translator?: Translator;
  /** The release's index by letters, where there is one already. */
  letters?: Promise<TrigramIndex>;
  /** Strings of the release that are looked at by their letters; few where an answer is wanted soon. */
  lettersOf?: number;
  signal?: AbortSignal;
}

/** Finds the concepts that an entry may be, chunk by chunk of a lexicon. */
export class CandidateFinder {
  readonly #store: VectorStore;
  readonly #release: ReleaseRecord;
  readonly #retrievers: readonly EncoderRetriever[];
  readonly #options: CandidateOptions;
  readonly #names = new ReadNames();
  #letters: Promise<{ trigrams: TrigramIndex; allowed: AllowedTags }> | undefined;

  constructor(
    store: VectorStore,
    release: ReleaseRecord,
    retrievers: readonly EncoderRetriever[],
    options: CandidateOptions,
  ) {
    this.#store = store;
    this.#release = release;
    this.#retrievers = retrievers;
    this.#options = options;
  }

  /** Encodes the texts of entries, each once, translated for encoders that don't read their language. */
  async encode(entries: readonly LexiconEntry[]): Promise<EncodedChunk> {
    const { mode, preprocessing, translator } = this.#options;
    const asked = new Map<string, string | undefined>();
    for (const entry of entries)
      for (const { text } of textsOf(entry, mode)) if (!asked.has(text)) asked.set(text, entry.lang);
    const texts = [...asked.keys()];
    const read = [...asked].map(([text, lang]) => ({
      text: preprocessing ? preprocess(text, lang ?? "", preprocessing) : text,
      lang,
    }));
    const encoded = await Promise.all(
      this.#retrievers.map(async (retriever) =>
        retriever.encoder.encode(await textsForEncoder(read, retriever, translator), "query"),
      ),
    );
    return { texts, vectors: encoded.map(({ vectors }) => vectors) };
  }

  /** The candidates of each entry, likest first. `onShare` is told from 0 to 1 how much is done. */
  async find(
    entries: readonly LexiconEntry[],
    { texts, vectors }: EncodedChunk,
    onShare: (share: number) => void,
  ): Promise<ConceptCandidate[][]> {
    const { mode, filter, exact, hidden, unnamed, signal } = this.#options;
    const asked = entries.map((entry) => textsOf(entry, mode));
    const names = mode === "plain" ? [] : namesIn(asked);
    const trigrams = mode === "plain" ? undefined : (await this.#lettersAllowed()).trigrams;
    const [named, alike] = await Promise.all([this.#named(names), this.#alike(names)]);
    const known = texts.map((text) => [...(named.get(text) ?? []), ...(alike.get(text) ?? [])]);
    const pushed = await storeFilter(filter, this.#store, this.#release.concepts);
    const evidence = await collectCandidates(
      this.#store,
      this.#release.strings,
      this.#retrievers,
      vectors,
      known,
      {
        strings: STRINGS_PER_TEXT[mode],
        exact,
        ...(pushed ? { filter: pushed } : {}),
        ...(signal ? { signal } : {}),
        onTexts: (done) => onShare(done / texts.length),
      },
    );
    const place = new Map(texts.map((text, i) => [text, i]));
    const calibrators = this.#retrievers.map(({ calibrator }) => calibrator);
    const found = asked.map((ofEntry, i) => {
      const called = unnamed ? namesIn([ofEntry]).flatMap((name) => named.get(name) ?? []) : [];
      const own = new Set(called.map(({ record }) => record.text));
      const isShown = ({ record: { text } }: { record: StringRecord }): boolean =>
        !hidden?.has(text) && !own.has(text);
      const findings = ofEntry.map((text) => ({
        text,
        evidence: evidence[place.get(text.text)!]!.filter(isShown),
        // Term and explanation together are no name, even where a release has the very words.
        named: isName(text.field) ? (named.get(text.text) ?? []).filter(isShown) : [],
      }));
      const candidates = likest(conceptCandidates(findings, calibrators, filter, trigrams));
      const { term, lang } = entries[i]!;
      compareMeanings(candidates, findings, term, {
        lat: lang === undefined ? undefined : latOf(lang),
        names: this.#names,
      });
      return { entry: entries[i]!, candidates };
    });
    if (mode === "strong")
      await decideHomonyms(found, {
        store: this.#store,
        release: this.#release,
        retrievers: this.#retrievers,
      });
    return found.map(({ candidates }) => candidates);
  }

  async #lettersAllowed(): Promise<{ trigrams: TrigramIndex; allowed: AllowedTags }> {
    const { filter, letters, lettersOf = MAX_INDEXED_STRINGS, signal } = this.#options;
    this.#letters ??= (letters ?? indexLetters(this.#store, this.#release, lettersOf, signal)).then(
      (trigrams) => ({
        trigrams,
        allowed: trigrams.allowing((tag) => tagPasses(tag, filter)),
      }),
    );
    return this.#letters;
  }

  async #named(names: readonly string[]): Promise<Map<string, NamedString[]>> {
    const found = await namedStrings(this.#store, this.#release.strings, names, { codes: false, keys: true });
    return new Map(names.map((name, i) => [name, found[i]!]));
  }

  async #alike(names: readonly string[]): Promise<Map<string, StoredString[]>> {
    if (names.length === 0) return new Map();
    const { trigrams, allowed } = await this.#lettersAllowed();
    const hits = names.map((name) => trigrams.nearest(name, STRINGS_BY_LETTERS, { allowed }));
    const refs = distinctPlaces(hits.flat().map(({ ref }) => ref));
    const stored = await this.#store.fetch(this.#release.strings, refs);
    const strings = new Map(stored.flatMap((record) => (record ? [[record.id, storedString(record)]] : [])));
    return new Map(names.map((name, i) => [name, hits[i]!.flatMap(({ ref }) => strings.get(ref.id) ?? [])]));
  }
}

export interface EncodedChunk {
  /** Each text of the chunk once. */
  texts: string[];
  /** Per encoder, row by row. */
  vectors: Float32Array[];
}

/** Terms and synonyms, each once. */
function namesIn(asked: readonly (readonly EntryText[])[]): string[] {
  return [
    ...new Set(
      asked
        .flat()
        .filter(({ field }) => isName(field))
        .map(({ text }) => text),
    ),
  ];
}

/** The likest, with each encoder's own first ones whatever the rest says of them. */
function likest(candidates: readonly ConceptCandidate[]): ConceptCandidate[] {
  const likeness = new Map(candidates.map((candidate) => [candidate, likenessOf(candidate)]));
  const ordered = [...candidates].sort(
    (a, b) => likeness.get(b)! - likeness.get(a)! || b.support - a.support || (a.cui < b.cui ? -1 : 1),
  );
  return ordered.filter(
    ({ sightings }, place) => place < KEPT || sightings.some(({ rank }) => rank <= KEPT_OF_EACH),
  );
}
