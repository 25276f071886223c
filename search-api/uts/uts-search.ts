import type { z } from "zod";
import type { SearchFilter } from "../../src/retrieval/request/search-filter.ts";
import { groupOfType, SEMANTIC_GROUPS, semanticGroup } from "../../src/terminology/semantic-groups.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { Call } from "../call.ts";
import type { Endpoint } from "../endpoint.ts";
import { HttpProblem } from "../problems/http-problem.ts";
import type { SearchService } from "../search-service.ts";
import { type LexicalHit, type LexicalMode, lexicalSearch } from "../terms/lexical-search.ts";
import type { TermStore } from "../terms/term-store.ts";
import { paged, type UtsAddresses } from "./uts-answer.ts";
import { isWanted } from "./uts-atoms.ts";
import { type UtsDeps, utsEndpoint } from "./uts-endpoint.ts";
import { type SEARCH_TYPES, searchQuery, versionPath } from "./uts-parameters.ts";
import { searchPage } from "./uts-schemas.ts";

type Query = z.output<typeof searchQuery>;

const MODES: Record<Exclude<(typeof SEARCH_TYPES)[number], "approximate">, LexicalMode> = {
  exact: "exact",
  words: "words",
  normalizedWords: "words",
  normalizedString: "keys",
  leftTruncation: "ends",
  rightTruncation: "begins",
};
// Lists of the search service are of so many results at most.
const BY_MEANING = 200;

interface Row {
  ui: string;
  rootSource: string;
  uri: string;
  name: string;
}

/** `/rest/search/{version}`: concepts, atoms or codes by a term or a code. */
export function utsSearchEndpoint(deps: UtsDeps, dataset?: string): Endpoint {
  const { searches } = deps;
  return utsEndpoint(deps, {
    path: "/rest/search/{version}",
    id: "utsSearch",
    summary: "Search as UTS does",
    pathSchema: versionPath,
    querySchema: searchQuery,
    page: searchPage,
    handsIn: true,
    async work(query, { at, terms, call }) {
      const release = await terms.release(query.version);
      const filter = await filterOf(query, release);
      const byMeaning = query.searchType === "approximate" || query.partialSearch;
      const rows =
        byMeaning && query.inputType === "atom"
          ? await meaningRows(searches, query, filter, dataset, at, call)
          : await searches.admit(call, () => lexicalRows(terms, release, query, filter, at));
      const { result: results, ...page } = paged(rows, query);
      if (results.length === 0 && query.legacyNone)
        results.push({ ui: "NONE", rootSource: "NONE", uri: "NONE", name: "NO RESULTS" });
      return { ...page, recCount: rows.length, result: { classType: "searchResults", results } };
    },
  });
}

async function filterOf(query: Query, release: ReleaseRecord): Promise<SearchFilter> {
  const filter: SearchFilter = { sab: query.sabs ?? [] };
  if (query.semanticTypes?.length) {
    const known = Object.entries(release.counts.bySty);
    filter.sty = query.semanticTypes.map((given) => {
      const tui = known.find(([id, { name }]) => id === given || name.toLowerCase() === given.toLowerCase());
      if (!tui && !groupOfType(given))
        throw new HttpProblem("usage", "semanticTypes holds what is no TUI or name of a semantic type");
      return tui?.[0] ?? given;
    });
  }
  if (query.semanticGroups?.length) {
    filter.group = query.semanticGroups.map((given) => {
      const found = semanticGroup(given);
      if (found) return found.id;
      const names = SEMANTIC_GROUPS.map(({ name }) => name).join(", ");
      throw new HttpProblem("usage", `semanticGroups must be of ${names}`);
    });
  }
  return filter;
}

async function meaningRows(
  searches: SearchService,
  { string, returnIdType }: Query,
  filter: SearchFilter,
  dataset: string | undefined,
  at: UtsAddresses,
  call: Call,
): Promise<Row[]> {
  const request = { queries: [string], k: BY_MEANING, filter, explain: false, dataset };
  const [response] = await searches.search(request, call);
  return distinct(
    response!.results.map(({ cui, name, aui, sab, code, string: str }) =>
      rowOf(returnIdType, { cui, name, aui, sab, code, str }, at),
    ),
  );
}

async function lexicalRows(
  terms: TermStore,
  release: ReleaseRecord,
  query: Query,
  filter: SearchFilter,
  at: UtsAddresses,
): Promise<Row[]> {
  const mode = query.inputType !== "atom" ? "code" : MODES[query.searchType as keyof typeof MODES];
  const hits = await lexicalSearch(terms.store, release, query.string.trim(), mode, filter);
  const choice = { includeObsolete: query.includeObsolete, includeSuppressible: query.includeSuppressible };
  return distinct(hits.flatMap((hit) => rowsOf(hit, query, choice, at)));
}

function rowsOf(
  { record, atoms }: LexicalHit,
  { returnIdType }: Query,
  choice: { includeObsolete: boolean; includeSuppressible: boolean },
  at: UtsAddresses,
): Row[] {
  return atoms
    .filter((atom) => isWanted(atom, choice))
    .map(({ cui, aui, sab, code }) => {
      const name = record.concepts.find((concept) => concept.cui === cui)!.name;
      return rowOf(returnIdType, { cui, name, aui, sab, code, str: record.text }, at);
    })
    .filter(({ ui }) => ui !== "");
}

function rowOf(
  type: Query["returnIdType"],
  { cui, name, aui, sab, code, str }: Record<"cui" | "name" | "aui" | "sab" | "code" | "str", string>,
  at: UtsAddresses,
): Row {
  if (type === "concept") return { ui: cui, rootSource: sab, uri: at.concept(cui), name };
  if (type === "aui") return { ui: aui, rootSource: sab, uri: at.concept(cui), name: str };
  return { ui: code, rootSource: sab, uri: at.code(sab, code), name: str };
}

/** Each concept, atom or code once. */
function distinct(rows: readonly Row[]): Row[] {
  const seen = new Map<string, Row>();
  for (const row of rows) if (!seen.has(row.uri + row.ui)) seen.set(row.uri + row.ui, row);
  return [...seen.values()];
}
