import { TermduetError } from "../terminology/termduet-error.ts";
import { LanceDbStore } from "./lancedb/lancedb-store.ts";
import type { VectorStore } from "./vector-store.ts";

/**
 * Opens the store that a URL names: `lancedb:PATH`, a folder on this machine, made when it is not there.
 * Errors: `usage` for a URL of another kind.
 */
export async function openStore(url: string): Promise<VectorStore> {
  if (url.startsWith("lancedb:") && url.length > "lancedb:".length)
    return LanceDbStore.open(url.slice("lancedb:".length));
  throw new TermduetError("usage", `--store ${url} is not a store; use lancedb:PATH`);
}
