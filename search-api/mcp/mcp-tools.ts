import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import type { LexiconAlignment } from "../../src/alignment/align-lexicon.ts";
import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import type { LexiconEntry } from "../../src/terminology/lexicon/lexicon.ts";
import { LIMITS } from "../limits.ts";
import { asHttpProblem } from "../problems/http-problem.ts";
import type { ConceptView } from "../schemas/concept-schema.ts";
import { contextText, groupList, languageList, list, queryText } from "../schemas/parameters.ts";
import type { ServiceRequest } from "../search-service.ts";

/** What the tools of an assistant are made from. */
export interface McpToolDeps {
  search: (request: ServiceRequest) => Promise<SearchResponse[]>;
  concept: (cui: string, lat: string | undefined) => Promise<ConceptView>;
  align: (entry: LexiconEntry) => Promise<LexiconAlignment>;
  version: string;
  storeUrl: string;
}

const MAX_RESULTS = 50;
const MAX_LISTED = 50;

/** A server of the Model Context Protocol with three tools: search, concept, align_term. */
export function mcpServer(deps: McpToolDeps): McpServer {
  const server = new McpServer(
    { name: "termduet", version: deps.version },
    {
      instructions:
        "Medical terminology. Use search to find concepts by words in any language, align_term to choose the one concept for a term, concept for all that is known of a CUI.",
    },
  );
  const answer = async (work: () => Promise<object>) => {
    try {
      const value = await work();
      return { content: [{ type: "text" as const, text: JSON.stringify(value) }] };
    } catch (error) {
      const { message } = asHttpProblem(error, deps.storeUrl);
      return { isError: true, content: [{ type: "text" as const, text: message }] };
    }
  };
  const readOnly = { readOnlyHint: true, openWorldHint: false };
  server.registerTool(
    "search",
    {
      title: "Search the terminology",
      description:
        "Concepts for a text by name, code, CUI or meaning, best first. matchType says how each was found; rating goes from 0 to 5.",
      inputSchema: {
        query: queryText,
        context: contextText
          .optional()
          .describe("Text in which the query stands: explains its abbreviations"),
        k: z.int().min(1).max(MAX_RESULTS).default(10).describe("Results"),
        sab: list.optional().describe("Only these sources, e.g. HPO"),
        lat: list.optional().describe("Only names in these languages (LAT), e.g. FRE"),
        group: groupList.optional().describe("Only these semantic groups, e.g. DISO"),
        under: list.optional().describe("Only concepts below these (CUI)"),
        lang: languageList.optional().describe("Languages to name concepts in, e.g. fr"),
      },
      annotations: readOnly,
    },
    ({ query, context, k, lang, sab, lat, group, under }) =>
      answer(async () => {
        const filter = { sab, lat, group, under, tty: undefined, sty: undefined, cui: undefined };
        const [response] = await deps.search({
          queries: [query],
          contexts: [context],
          k,
          filter,
          lang,
          explain: false,
        });
        const { query: _, tookMs: __, facets: ___, ...answered } = response!;
        return answered;
      }),
  );
  server.registerTool(
    "concept",
    {
      title: "Show a concept",
      description: "Names by language, definitions, semantic types, parents and children of a concept.",
      inputSchema: {
        cui: z.string().min(1).max(LIMITS.cuiCharacters),
        lang: languageList.optional().describe("Language for the names of related concepts"),
      },
      annotations: readOnly,
    },
    ({ cui, lang }) =>
      answer(async () => {
        const { atoms, relations, hierarchies: _, ...view } = await deps.concept(cui, lang?.[0]);
        const synonyms = [...new Set(atoms.map(({ str }) => str))].slice(0, MAX_LISTED);
        return { ...view, synonyms, relations: relations.slice(0, MAX_LISTED) };
      }),
  );
  server.registerTool(
    "align_term",
    {
      title: "Align a term",
      description:
        "The one concept that a term of a lexicon stands for, with its rating from 0 to 5 and what each encoder sees; null where nothing fits: nearest is then what comes next to it, with what it differs in, or the concepts that the term may as well mean (ambiguous).",
      inputSchema: {
        term: queryText,
        explanation: queryText.optional().describe("What explains the term, in plain words"),
        synonyms: z.array(queryText).max(20).optional(),
        context: contextText.optional().describe("Text in which the term stands"),
      },
      annotations: readOnly,
    },
    ({ term, explanation, synonyms, context }) =>
      answer(async () => {
        const entry = {
          id: "1",
          term: term.normalize("NFC").trim(),
          synonyms: synonyms ?? [],
          ...(context ? { context } : {}),
          line: 1,
          extra: {},
        };
        return shownAlignment(
          await deps.align(explanation === undefined ? entry : { ...entry, explanation }),
        );
      }),
  );
  return server;
}

function shownAlignment({ release, encoders, entries }: LexiconAlignment): object {
  const merged = entries[0]?.merged;
  const { dataset, release: name } = release;
  if (!merged) return { dataset, release: name, match: null };
  const { concept, rating, string, source, accepted } = merged;
  const seen = encoders.map(({ id }, i) => [id, concept.sightings[i]]);
  const shown = {
    cui: concept.cui,
    name: concept.name,
    string,
    rating,
    source: typeof source === "number" ? encoders[source]!.id : source,
    semanticTypes: concept.semanticTypes,
    encoders: Object.fromEntries(seen),
    ...(concept.differs ? { differs: concept.differs } : {}),
    ...(concept.rivals ? { ambiguous: [concept.cui, ...concept.rivals] } : {}),
  };
  // What is near is shown, but not as if it were the answer.
  return accepted
    ? { dataset, release: name, match: shown }
    : { dataset, release: name, match: null, nearest: shown };
}
