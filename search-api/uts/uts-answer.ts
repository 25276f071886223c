import type { Request } from "express";
import { z } from "zod";

export interface Paging {
  pageNumber: number;
  pageSize: number;
}

/** UTS puts every answer into this. */
export interface UtsPage<T> {
  pageSize: number;
  pageNumber: number;
  pageCount: number;
  recCount?: number;
  result: T;
}

/** The schema of a page, for the document. */
export function pageSchema(id: string, result: z.ZodType) {
  return z
    .object({
      pageSize: z.int(),
      pageNumber: z.int(),
      pageCount: z.int(),
      recCount: z.int().optional(),
      result,
    })
    .meta({ id });
}

export function single<T>(result: T): UtsPage<T> {
  return { pageSize: 25, pageNumber: 1, pageCount: 1, result };
}

/** One page of a list; beyond its end there is nothing. */
export function paged<T>(all: readonly T[], { pageNumber, pageSize }: Paging): UtsPage<T[]> {
  const start = (pageNumber - 1) * pageSize;
  const pageCount = Math.max(1, Math.ceil(all.length / pageSize));
  return { pageSize, pageNumber, pageCount, result: all.slice(start, start + pageSize) };
}

/** Addresses in answers, on the server as the client calls it. `version` is what the client wrote. */
export class UtsAddresses {
  readonly #content: string;
  readonly #root: string;

  constructor(request: Request, version: string) {
    this.#root = `${request.protocol}://${request.get("Host") ?? "localhost"}/rest`;
    this.#content = `${this.#root}/content/${encodeURIComponent(version)}`;
  }

  concept(cui: string): string {
    return `${this.#content}/CUI/${encodeURIComponent(cui)}`;
  }

  code(sab: string, code: string): string {
    return `${this.#content}/source/${encodeURIComponent(sab)}/${encodeURIComponent(code)}`;
  }

  semanticType(tui: string): string {
    return `${this.#root}/semantic-network/current/TUI/${encodeURIComponent(tui)}`;
  }
}
