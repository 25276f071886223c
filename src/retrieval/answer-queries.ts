import { isCodeLike } from "../terminology/identifiers/code-spellings.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { describedConcepts } from "./match/definition-hits.ts";
import { type MatchedString, matchedStrings } from "./match/lexical-matches.ts";
import type { OutOfVocabularyWords } from "./match/out-of-vocabulary.ts";
import type { PrefixMatches } from "./match/prefix-matches.ts";
import { nearness } from "./rank/closeness.ts";
import { collectCandidates, type StringEvidence } from "./rank/collect-candidates.ts";
import { QueryMeaning, type ReadNames } from "./rank/concept-differences.ts";
import { type Facets, type FoundConcept, facetsOf } from "./rank/facets.ts";
import { decideHomonyms } from "./rank/homonyms.ts";
import { rankConcepts } from "./rank/rank-concepts.ts";
import { ConceptsBelow } from "./request/concepts-below.ts";
import { storeFilter } from "./request/search-filter.ts";
import type { SearchContext, SearchRequest, SearchResult } from "./request/search-types.ts";
import type { EncoderRetriever } from "./searcher.ts";

// Several strings of a concept are near a query; five times as many candidates leave enough concepts for a page.
const STRINGS_PER_RESULT = 5;
const COMPLETIONS_PER_RESULT = 3;
/**
 * A list of results is made in depths: the first 20 from a search for as many, then up to 60 from a deeper one, then up to 200.
 * So every page is a piece of one and the same list, whatever its place and length, and most searches are shallow.
 */
const RINGS: readonly number[] = [20, 60, 200];

/** A query's results from `offset` on, and whether there are more. */
export interface AnsweredQuery {
  results: SearchResult[];
  more: boolean;
  /** How near the nearest are: `nearness`. */
  nearness: number;
  facets?: Facets;
  /** The text is a name of several concepts of different senses, and nothing decides between them. */
  ambiguous?: true;
  /** The text is written as a code is, and the release has none such. */
  noSuchCode?: true;
}

export interface AnswerDeps {
  store: VectorStore;
  release: ReleaseRecord;
  retrievers: readonly EncoderRetriever[];
  begun: PrefixMatches;
  unknown: OutOfVocabularyWords;
  names: ReadNames;
}

/**
 * Queries against one release: what they name and what is near them, side by side, then the ranking. `encoded[retriever]` holds their
 * vectors row by row, and may still be under way: what needs none begins before.
 */
export async function answerQueries(
  { store, release, retrievers, begun, unknown, names }: AnswerDeps,
  texts: readonly string[],
  encoded: readonly Float32Array[] | Promise<readonly Float32Array[]>,
  request: Omit<SearchRequest, "queries">,
  context: SearchContext = {},
): Promise<AnsweredQuery[]> {
  const { k, offset = 0, exact = false, explain = false, filter = {}, facets } = request;
  const pushed = await storeFilter(filter, store, release.concepts);
  // Facets count the whole list, which takes its deepest ring.
  const last = (facets ? undefined : RINGS.find((ring) => offset + k <= ring)) ?? RINGS.at(-1)!;
  const below = filter.under?.length ? new ConceptsBelow(store, release.concepts, filter.under) : undefined;
  const matching = matchedStrings(store, release.strings, texts, {
    filter,
    pushed,
    below,
    completions: COMPLETIONS_PER_RESULT * last,
    timeoutMs: context.remainingMs?.(),
    begun,
    unknown,
  });
  matching.catch(() => undefined); // awaited with the evidence, which may fail before
  const vectors = await encoded;
  const describing = describedConcepts(store, retrievers, vectors, {
    exact,
    ...(context.remainingMs ? { timeoutMs: context.remainingMs() } : {}),
  });
  describing.catch(() => undefined);
  const meanings = texts.map((text) => new QueryMeaning(text, { names }));
  const lists: FoundConcept[][] = texts.map(() => []);
  let more: boolean[] = [];
  let [storedMs, mergedMs] = [0, 0];
  for (const ring of RINGS.filter((size) => size <= last)) {
    const started = performance.now();
    const evidence = await collectCandidates(store, release.strings, retrievers, vectors, matching, {
      strings: STRINGS_PER_RESULT * ring,
      exact,
      ...(pushed ? { filter: pushed } : {}),
      ...(context.signal ? { signal: context.signal } : {}),
      ...(context.remainingMs ? { timeoutMs: context.remainingMs() } : {}),
    });
    const matched = await matching;
    const described = await describing;
    await below?.learnFiltered(evidence.flatMap((found, i) => unnamed(found, matched[i]!)));
    const stored = performance.now();
    more = evidence.map((found, i) => {
      const ranked = rankConcepts({
        query: meanings[i]!,
        evidence: found,
        retrievers,
        filter,
        below,
        matched: matched[i]!,
        described: described[i]!,
        explain,
      });
      const known = new Set(lists[i]!.map(({ result }) => result.cui));
      const rest = ranked.filter(({ result }) => !known.has(result.cui));
      for (const { result, ...others } of rest.slice(0, ring - known.size))
        lists[i]!.push({ result: { ...result, rank: lists[i]!.length + 1 }, ...others });
      return rest.length > ring - known.size;
    });
    storedMs += stored - started;
    mergedMs += performance.now() - stored;
  }
  context.onStored?.(storedMs);
  context.onMerged?.(mergedMs);
  const found = await matching;
  const ambiguous = await Promise.all(
    lists.map((list, i) => {
      const query = { text: texts[i]!, context: request.contexts?.[i], list, matched: found[i]! };
      return decideHomonyms(query, { store, release, retrievers });
    }),
  );
  return lists.map((list, i) => {
    // What is near to the letters of a code is noise.
    if (found[i]!.length === 0 && isCodeLike(texts[i]!))
      return { results: [], more: false, nearness: Number.NEGATIVE_INFINITY, noSuchCode: true };
    return page(list, i);
  });

  function page(list: readonly FoundConcept[], i: number): AnsweredQuery {
    return {
      results: list.slice(offset, offset + k).map(withDifferences),
      nearness: nearness(texts[i]!, list),
      ...(ambiguous[i] ? { ambiguous: true } : {}),
      more: offset + k < RINGS.at(-1)! && (list.length > offset + k || more[i]!),
      ...(facets ? { facets: facetsOf(list, facets) } : {}),
    };
  }
}

function withDifferences({ result, differs }: FoundConcept): SearchResult {
  const found = differs();
  return found.length > 0 ? { ...result, differs: found } : result;
}

/** What the store's filter has let through. Strings that were found by their names have not been asked to pass it. */
function unnamed(found: readonly StringEvidence[], matched: readonly MatchedString[]): StringEvidence[] {
  const named = new Set(matched.map(({ ref }) => ref.id));
  return found.filter(({ id }) => !named.has(id));
}
