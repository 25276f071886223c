import { TermduetError } from "../../terminology/termduet-error.ts";
import {
  MAX_CONTEXT_CHARACTERS,
  MAX_K,
  MAX_QUERIES,
  MAX_QUERY_CHARACTERS,
  type SearchRequest,
} from "./search-types.ts";

/**
 * The texts of a request as they are compared: NFC, trimmed.
 * Errors: `usage` for what can't be searched. The query's text is in no message, because it may be a patient's.
 */
export function checkedQueries({
  queries,
  contexts = [],
  k,
  offset = 0,
}: Pick<SearchRequest, "queries" | "contexts" | "k" | "offset">): string[] {
  if (!Number.isInteger(k) || k < 1 || k > MAX_K)
    throw new TermduetError("usage", `k must be a whole number from 1 to ${MAX_K}`);
  if (!Number.isInteger(offset) || offset < 0 || offset >= MAX_K)
    throw new TermduetError("usage", `offset must be a whole number from 0 to ${MAX_K - 1}`);
  if (queries.length === 0) throw new TermduetError("usage", "there is no query");
  if (queries.length > MAX_QUERIES)
    throw new TermduetError(
      "usage",
      `${queries.length} queries at once; at most ${MAX_QUERIES} are answered`,
    );
  if (contexts.length > queries.length)
    throw new TermduetError("usage", `${contexts.length} contexts for ${queries.length} queries`);
  return queries.map((query, i) => {
    const which = queries.length > 1 ? `query ${i + 1}` : "the query";
    const context = contexts[i]?.length ?? 0;
    if (context > MAX_CONTEXT_CHARACTERS) {
      throw new TermduetError(
        "usage",
        `the context of ${which} has ${context} characters; at most ${MAX_CONTEXT_CHARACTERS} are read`,
      );
    }
    if (query.length > MAX_QUERY_CHARACTERS) {
      throw new TermduetError(
        "usage",
        `${which} has ${query.length} characters; at most ${MAX_QUERY_CHARACTERS} are searched`,
      );
    }
    const text = query.normalize("NFC").trim();
    if (text === "") throw new TermduetError("usage", `${which} is empty; give some words to search for`);
    return text;
  });
}
