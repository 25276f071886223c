import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../../machine/sync-folder.ts";
import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";
import type { Block, CollectionSpec } from "../vector-store.ts";
import { BlockLog } from "./block-log.ts";
import { DocumentRows } from "./document-rows.ts";
import { VectorRows } from "./vector-rows.ts";

/** The files of rows of one collection: of vectors or of documents, as its spec says. */
export type CollectionRows =
  | { readonly vectors: VectorRows; readonly documents?: never }
  | { readonly documents: DocumentRows; readonly vectors?: never };

export function createRows(store: string, { name, dimension }: CollectionSpec): void {
  mkdirSync(join(store, "rows"), { recursive: true });
  (dimension === undefined ? DocumentRows : VectorRows).create(rowsPath(store, name));
  BlockLog.create(rowsPath(store, name));
  syncFolder(join(store, "rows"));
  syncFolder(store);
}

export function removeRows(store: string, name: string): void {
  DocumentRows.remove(rowsPath(store, name));
  VectorRows.remove(rowsPath(store, name));
  BlockLog.remove(rowsPath(store, name));
}

/** Files of the rows of a collection; without its spec those of either kind. */
export function rowsFiles(store: string, name: string, spec?: CollectionSpec): string[] {
  const documents = spec === undefined || spec.dimension === undefined ? ["ends", "bodies"] : [];
  const vectors = spec === undefined || spec.dimension !== undefined ? ["vectors"] : [];
  return ["blocks", "fields", ...documents, ...vectors].map((end) => `${rowsPath(store, name)}.${end}`);
}

/** Errors: `bad-input` when the files are not there, or hold fewer than `count` rows. */
export function openRows(store: string, { name, dimension }: CollectionSpec, count: number): CollectionRows {
  const path = rowsPath(store, name);
  const missing = (cause?: unknown): TermduetError =>
    new TermduetError("bad-input", `${path}.* does not hold all of ${name}; ingest it again`, { cause });
  try {
    const rows: CollectionRows =
      dimension === undefined
        ? { documents: DocumentRows.open(path) }
        : { vectors: VectorRows.open(path, dimension) };
    if ((rows.vectors ?? rows.documents).count < count) throw missing();
    return rows;
  } catch (error) {
    throw errnoOf(error) === "ENOENT" ? missing(error) : error;
  }
}

/** Writes a block's rows; whatever came after them is dropped. */
export function writeRows(rows: CollectionRows, { firstOrdinal, ids, vectors, bodies }: Block): void {
  if (rows.vectors) rows.vectors.write(firstOrdinal, ids, vectors!);
  else rows.documents.write(firstOrdinal, ids, bodies!);
}

/** Files of a collection's rows, without their endings. */
export function rowsPath(store: string, name: string): string {
  return join(store, "rows", name);
}
