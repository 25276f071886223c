import { codesBelow, stringsOfCode } from "../../src/retrieval/match/code-matches.ts";
import { isNameOf } from "../../src/retrieval/match/exact-matches.ts";
import { wordPrefixMatches } from "../../src/retrieval/match/word-prefix-matches.ts";
import { passingAtoms, type SearchFilter, storeFilter } from "../../src/retrieval/request/search-filter.ts";
import type { ConceptRecord, KeptAtom, StringRecord } from "../../src/terminology/concept.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { LIMITS } from "../limits.ts";
import type { Suggestion, SuggestResponse } from "../schemas/suggest-schema.ts";
import type { SearchBackend } from "../search-backend.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { Recent } from "./recent.ts";

export interface SuggesterDeps {
  store: VectorStore;
  releases: SearchBackend["releases"];
  now: () => number;
  metrics: Pick<Metrics, "cache">;
}

export interface SuggestRequest {
  q: string;
  k: number;
  filter: SearchFilter;
  dataset?: string | undefined;
}

// Several strings of a concept begin alike.
const STRINGS = 200;
// Many people type the same first letters, and what these begin is the most to sort.
const REMEMBERED = 2_000;

/**
 * Completes what is being typed. Apart from what has been typed to its end, which comes first, the order depends on the
 * strings alone (the best known first, obsolete ones last) and not on what was typed, so that suggestions only drop out
 * while typing and never change places.
 */
export class Suggester {
  readonly #deps: SuggesterDeps;
  readonly #recent: Recent<Suggestion[]>;

  constructor(deps: SuggesterDeps) {
    this.#deps = deps;
    this.#recent = new Recent(REMEMBERED, (hit) => deps.metrics.cache("suggestions", hit));
  }

  async suggest({ q, k, filter, dataset }: SuggestRequest): Promise<SuggestResponse> {
    const { releases, now } = this.#deps;
    const started = now();
    const norm = normalizeText(q);
    if (norm === "") throw new TermduetError("usage", "q is empty; give the beginning of a name");
    const release = await releases.resolve(dataset);
    const typed = q.trim();
    // Beginnings that differ in their writing alone begin the same; identifiers are looked for as typed.
    const key = JSON.stringify([release.strings, norm, /\d/.test(typed) ? typed : "", filter]);
    const all = await this.#recent.get(key, () => this.#suggestions(release, norm, typed, filter));
    const suggestions = all.slice(0, k);
    const tookMs = Math.round((now() - started) * 10) / 10;
    return { dataset: release.dataset, release: release.release, tookMs, suggestions };
  }

  /** Learns what one letter begins, which is the most to sort, before somebody types it. */
  async warm(datasets: readonly string[]): Promise<void> {
    const filter = { sab: [], lat: [], sty: [], group: [] };
    for (const dataset of datasets)
      for (const q of "abcdefghijklmnopqrstuvwxyz") await this.suggest({ q, k: 1, filter, dataset });
  }

  async #suggestions(
    release: ReleaseRecord,
    norm: string,
    typed: string,
    filter: SearchFilter,
  ): Promise<Suggestion[]> {
    const found = await Promise.all([
      this.#byCui(release, typed, filter),
      this.#whole(release, norm, typed, filter),
      this.#begun(release, norm, filter),
      this.#byCode(release, typed, filter),
    ]);
    // Words in any order cost more to look for: only where nothing begins so.
    if (found.flat().length === 0) found.push(await this.#byWords(release, typed, filter));
    const seen = new Map<string, Suggestion>();
    for (const suggestion of found.flat())
      if (!seen.has(suggestion.cui)) seen.set(suggestion.cui, suggestion);
    return [...seen.values()].slice(0, LIMITS.suggestions);
  }

  /** Strings that have been typed to their end, the best known first. */
  async #whole(
    { strings }: ReleaseRecord,
    norm: string,
    typed: string,
    filter: SearchFilter,
  ): Promise<Suggestion[]> {
    const found = await this.#deps.store.find(strings, "norm", [norm], STRINGS);
    return found
      .map(({ body }) => JSON.parse(body) as StringRecord)
      .sort((a, b) => b.prominence - a.prominence)
      .filter((record) => isNameOf(typed, record))
      .flatMap((record) => suggestionsOf(record, norm, filter));
  }

  /** Codes that have been typed, and those that go on where the text ends. */
  async #byCode({ strings }: ReleaseRecord, typed: string, filter: SearchFilter): Promise<Suggestion[]> {
    const { store } = this.#deps;
    const [whole, begun] = await Promise.all([
      stringsOfCode(store, strings, typed),
      codesBelow(store, strings, typed),
    ]);
    return [...whole, ...begun].flatMap(({ record, cuis, code, asTyped }) => {
      const atoms = passingAtoms(record, filter).filter((atom) => cuis.includes(atom.cui));
      return cuis.flatMap((cui) => {
        const atom =
          atoms.find((one) => one.cui === cui && one.suppress === "N") ??
          atoms.find((one) => one.cui === cui);
        const name = record.concepts.find((concept) => concept.cui === cui)?.name ?? record.text;
        return atom ? [suggestion(cui, name, atom, code, asTyped)] : [];
      });
    });
  }

  /** Strings whose words begin so, in any order. */
  async #byWords(
    { strings, concepts }: ReleaseRecord,
    typed: string,
    filter: SearchFilter,
  ): Promise<Suggestion[]> {
    const { store } = this.#deps;
    const pushed = await storeFilter(filter, store, concepts);
    const found = await wordPrefixMatches(store, strings, typed, { limit: STRINGS, filter: pushed });
    return found.flatMap(({ record }) => suggestionsOf(record, "", filter));
  }

  async #begun(
    { strings, concepts }: ReleaseRecord,
    norm: string,
    filter: SearchFilter,
  ): Promise<Suggestion[]> {
    const pushed = await storeFilter(filter, this.#deps.store, concepts);
    const options = { by: "prominence", ...(pushed ? { filter: pushed } : {}) };
    const found = await this.#deps.store.findByPrefix(strings, "norm", norm, STRINGS, options);
    return found.flatMap(({ body }) => suggestionsOf(JSON.parse(body) as StringRecord, norm, filter));
  }

  /** An identifier that is being typed: one word with a digit in it. */
  async #byCui({ concepts }: ReleaseRecord, typed: string, filter: SearchFilter): Promise<Suggestion[]> {
    if (!/^\p{L}[\p{L}\p{N}.:_-]*\d[\p{L}\p{N}.:_-]*$/u.test(typed)) return [];
    const begins = typed.toUpperCase();
    const found = await this.#deps.store.findByPrefix(concepts, "id", begins, 10);
    return found.flatMap(({ body }) => {
      const concept = JSON.parse(body) as ConceptRecord;
      const named = concept.atoms.find((atom) => atom.str === concept.name) ?? concept.atoms[0];
      const { cui, name, semanticTypes, atoms } = concept;
      const record = { text: name, prominence: 0, atoms, concepts: [{ cui, name, semanticTypes }] };
      const passes = passingAtoms(record, filter).length > 0;
      return named && passes
        ? [suggestion(concept.cui, concept.name, named, concept.cui, concept.cui === begins)]
        : [];
    });
  }
}

function suggestionsOf(record: StringRecord, typed: string, filter: SearchFilter): Suggestion[] {
  const exact = normalizeText(record.text) === typed;
  const atoms = passingAtoms(record, filter);
  return record.concepts.flatMap(({ cui, name }) => {
    const own = atoms.filter((atom) => atom.cui === cui);
    const best = own.find((atom) => atom.suppress === "N" && atom.isPref) ?? own[0];
    return best ? [suggestion(cui, name, best, record.text, exact)] : [];
  });
}

function suggestion(
  cui: string,
  name: string,
  { sab, tty, lat }: KeptAtom,
  string: string,
  exact: boolean,
): Suggestion {
  return { string, cui, name, sab, tty, lat, exact };
}
