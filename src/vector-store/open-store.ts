import { TermduetError } from "../terminology/termduet-error.ts";
import { EmbeddedStore } from "./embedded/embedded-store.ts";
import type { VectorStore } from "./vector-store.ts";

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
