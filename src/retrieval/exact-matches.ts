import type { StringRecord } from "../terminology/concept.ts";
import { normalizeText } from "../text/normalize.ts";
import { stringId } from "../text/string-id.ts";
import type { StoredRecord, VectorStore } from "../vector-store/vector-store.ts";
import type { MatchType } from "./search-types.ts";

export interface FoundString extends StoredRecord {
  record: StringRecord;
}

export interface ExactMatches {
  strings: Map<string, FoundString>;
  /** Tier of a concept that was found without an encoder. */
  tiers: Map<string, MatchType>;
}

const MAX_SAME = 200;

/** Strings that are the query (as written, or as a code or CUI), and strings that are it but for their writing. */
export async function exactMatches(
  store: VectorStore,
  stringsCollection: string,
  query: string,
): Promise<ExactMatches> {
  const code = codeLike(query);
  const [same, coded, ofConcept] = await Promise.all([
    store.find(stringsCollection, "norm", [normalizeText(query)], MAX_SAME),
    code ? store.find(stringsCollection, "code", code, MAX_SAME) : [],
    code ? store.find(stringsCollection, "cui", code, MAX_SAME) : [],
  ]);
  const found: ExactMatches = { strings: new Map(), tiers: new Map() };
  const id = stringId(query);
  for (const stored of same) {
    const string = { ...stored, record: JSON.parse(stored.body) as StringRecord };
    found.strings.set(stored.id, string);
    for (const { cui } of string.record.concepts)
      addTier(found, cui, stored.id === id ? "exact" : "normalized");
  }
  for (const stored of [...coded, ...ofConcept]) {
    const string = { ...stored, record: JSON.parse(stored.body) as StringRecord };
    found.strings.set(stored.id, string);
    for (const atom of string.record.atoms) {
      if (code!.includes(atom.code) || code!.includes(atom.cui)) addTier(found, atom.cui, "exact");
    }
  }
  return found;
}

function addTier({ tiers }: ExactMatches, cui: string, tier: MatchType): void {
  if (tiers.get(cui) !== "exact") tiers.set(cui, tier);
}

/** Writings of a query that may be a code or a CUI: one word with a digit in it, as typed and in capitals. */
function codeLike(query: string): string[] | undefined {
  if (!/^[\p{L}\p{N}.:_/+-]{2,40}$/u.test(query) || !/\d/.test(query)) return undefined;
  return [...new Set([query, query.toUpperCase()])];
}
