import { passingAtoms, type SearchFilter } from "../../src/retrieval/search-filter.ts";
import type { ConceptRecord, KeptAtom, StringRecord } from "../../src/terminology/concept.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { normalizeText } from "../../src/text/normalize.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import type { Suggestion, SuggestResponse } from "../schemas/suggest-schema.ts";
import type { SearchService } from "../search-service.ts";

export interface SuggesterDeps {
  store: VectorStore;
  releases: SearchService["releases"];
  now: () => number;
}

export interface SuggestRequest {
  q: string;
  k: number;
  filter: SearchFilter;
  dataset?: string | undefined;
}

// Several strings of a concept begin alike, and some are left out by the filter.
const STRINGS = 200;

interface Draft extends Suggestion {
  norm: string;
  obsolete: boolean;
}

/**
 * Completes what is being typed. Apart from what has been typed to its end, which comes first, the order depends on the
 * strings alone and not on what was typed, so that suggestions only drop out while typing and never change places.
 */
export class Suggester {
  readonly #deps: SuggesterDeps;

  constructor(deps: SuggesterDeps) {
    this.#deps = deps;
  }

  async suggest({ q, k, filter, dataset }: SuggestRequest): Promise<SuggestResponse> {
    const { releases, now } = this.#deps;
    const started = now();
    const norm = normalizeText(q);
    if (norm === "") throw new TermduetError("usage", "q is empty; give the beginning of a name");
    const release = await releases.resolve(dataset);
    const [byName, byCui] = await Promise.all([
      this.#byName(release, norm, filter),
      this.#byCui(release, q.trim(), filter),
    ]);
    const seen = new Set<string>();
    const suggestions: Suggestion[] = [];
    for (const { norm: _, obsolete: __, ...suggestion } of [...byCui, ...byName]) {
      if (suggestions.length === k) break;
      if (seen.has(suggestion.cui)) continue;
      seen.add(suggestion.cui);
      suggestions.push(suggestion);
    }
    const tookMs = Math.round((now() - started) * 10) / 10;
    return { dataset: release.dataset, release: release.release, tookMs, suggestions };
  }

  async #byName({ strings }: ReleaseRecord, typed: string, filter: SearchFilter): Promise<Draft[]> {
    const found = await this.#deps.store.findByPrefix(strings, "norm", typed, STRINGS);
    const drafts = found.flatMap(({ body }) => draftsOf(JSON.parse(body) as StringRecord, typed, filter));
    return drafts.sort(
      (a, b) =>
        Number(b.exact) - Number(a.exact) ||
        Number(a.obsolete) - Number(b.obsolete) ||
        a.norm.length - b.norm.length ||
        compare(a.norm, b.norm) ||
        compare(a.string, b.string) ||
        compare(a.cui, b.cui),
    );
  }

  /** An identifier that is being typed: one word with a digit in it. */
  async #byCui({ concepts }: ReleaseRecord, typed: string, filter: SearchFilter): Promise<Draft[]> {
    if (!/^\p{L}[\p{L}\p{N}.:_-]*\d[\p{L}\p{N}.:_-]*$/u.test(typed)) return [];
    const begins = typed.toUpperCase();
    const found = await this.#deps.store.findByPrefix(concepts, "id", begins, 10);
    return found.flatMap(({ body }) => {
      const concept = JSON.parse(body) as ConceptRecord;
      const named = concept.atoms.find((atom) => atom.str === concept.name) ?? concept.atoms[0];
      const passes = filtersOf(filter, concept.atoms).length > 0;
      return named && passes
        ? [draft(concept.cui, concept.name, named, concept.cui, concept.cui === begins)]
        : [];
    });
  }
}

function draftsOf(record: StringRecord, typed: string, filter: SearchFilter): Draft[] {
  const norm = normalizeText(record.text);
  const atoms = passingAtoms(record, filter);
  return record.concepts.flatMap(({ cui, name }) => {
    const own = atoms.filter((atom) => atom.cui === cui);
    const best = own.find((atom) => atom.suppress === "N" && atom.isPref) ?? own[0];
    return best ? [{ ...draft(cui, name, best, record.text, norm === typed), norm }] : [];
  });
}

function draft(
  cui: string,
  name: string,
  { sab, tty, lat, suppress }: KeptAtom,
  string: string,
  exact: boolean,
): Draft {
  return { string, cui, name, sab, tty, lat, exact, norm: string, obsolete: suppress !== "N" };
}

function filtersOf({ sab, lat }: SearchFilter, atoms: readonly KeptAtom[]): KeptAtom[] {
  return atoms.filter(
    (atom) => (!sab?.length || sab.includes(atom.sab)) && (!lat?.length || lat.includes(atom.lat)),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
