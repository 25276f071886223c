/**
 * Termduet as a library: open a store, load encoders, search and align from a program of your own. Everything here
 * stays compatible within a major version; what is not exported may change at any time.
 */

import "./machine/silent.ts";

// Aligning.
export { alignLexicon, type LexiconAlignment } from "./alignment/align-lexicon.ts";
// Encoding.
export { EncoderCatalogue } from "./encoder/catalogue.ts";
export { type EncoderFolder, readEncoderFolder } from "./encoder/encoder-manifest.ts";
export { type Encoder, EncoderPool } from "./encoder/encoder-pool.ts";
export type { SearchRequest, SearchResponse, SearchResult } from "./retrieval/request/search-types.ts";
export { Searcher } from "./retrieval/searcher.ts";
// Reading terminologies.
export type { Atom, SemanticType } from "./terminology/atom.ts";
export type { ConceptRecord, StringRecord } from "./terminology/concept.ts";
export { type LexiconEntry, readLexicon } from "./terminology/lexicon/lexicon.ts";
export { openRelease } from "./terminology/open-release.ts";
export type { ReleaseRow, ReleaseSource } from "./terminology/release-source.ts";
export { type ErrorCode, TermduetError } from "./terminology/termduet-error.ts";
// Storing and searching.
export { openStore } from "./vector-store/open-store.ts";
export type { ReleaseRecord } from "./vector-store/release-record.ts";
export type { VectorStore } from "./vector-store/vector-store.ts";
