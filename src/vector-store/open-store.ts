import { existsSync } from "node:fs";
import { TermduetError } from "../terminology/termduet-error.ts";
import { EmbeddedStore } from "./embedded/embedded-store.ts";
import type { VectorStore } from "./vector-store.ts";

/**
 * Opens a store that is there already: what only reads makes no folder where a name was mistyped.
 * Errors: those of `openStore`, and `not-found` for a folder that is not there.
 */
export async function openExistingStore(url: string): Promise<VectorStore> {
  if (!storeIsThere(url))
    throw new TermduetError(
      "not-found",
      `there is no store at ${url}; name another by --store, put a release in by \`termduet ingest SOURCE --dataset D --release R\`, or try the sample by \`termduet start\``,
    );
  return openStore(url);
}

/** False for an embedded store whose folder is not there; a server is asked when it is opened. */
export function storeIsThere(url: string): boolean {
  return !url.startsWith("lancedb:") || existsSync(url.slice("lancedb:".length));
}

/**
 * Opens the store that a URL names: `lancedb:PATH`, a folder on this machine, made when it is not there; or
 * `qdrant+http://HOST:6333`, a Qdrant server or cluster.
 * Errors: `usage` for a URL of another kind, `unavailable` for a server that does not answer.
 */
export async function openStore(url: string): Promise<VectorStore> {
  if (url.startsWith("lancedb:") && url.length > "lancedb:".length)
    return EmbeddedStore.open(url.slice("lancedb:".length));
  if (/^qdrant\+https?:/.test(url)) {
    const { QdrantStore } = await import("./qdrant/qdrant-store.ts");
    return QdrantStore.open(url);
  }
  throw new TermduetError(
    "usage",
    `--store ${url} is not a store; use lancedb:PATH or qdrant+http://HOST:6333`,
  );
}
