import { z } from "zod";
import { releaseRecords } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import { orAbort } from "../call.ts";
import { type Endpoint, jsonAnswer, sendJson } from "../endpoint.ts";
import { parsed, queryValues } from "../schemas/parse-request.ts";
import { type ReleaseView, releasesSchema } from "../schemas/release-schema.ts";
import type { SearchBackend } from "../search-backend.ts";

/** `GET /api/v1/releases`: what the store holds, and what of it is active. */
export function releasesEndpoint(store: VectorStore, releases: SearchBackend["releases"]): Endpoint {
  return {
    method: "get",
    path: "/api/v1/releases",
    scope: "search",
    operation: {
      operationId: "releases",
      summary: "The releases of the store, their sources, languages and encoders",
      tags: ["Releases"],
      responses: jsonAnswer("By dataset and release", releasesSchema),
    },
    async answer(request, response, call) {
      parsed(z.strictObject({}), queryValues(request.url));
      sendJson(response, { releases: await orAbort(call.signal, list(store, releases)) });
    },
  };
}

async function list(store: VectorStore, releases: SearchBackend["releases"]): Promise<ReleaseView[]> {
  const [records, active] = await Promise.all([releaseRecords(store), releases.all()]);
  const live = new Set(active.map((record) => record.strings));
  return records.map(({ dataset, release, ingestedAt, counts, encoders, strings }) => {
    const { atoms, strings: stringCount, concepts, bySab, byLat } = counts;
    return {
      dataset,
      release,
      active: live.has(strings),
      ingestedAt,
      counts: { atoms, strings: stringCount, concepts, bySab, byLat },
      encoders: encoders.map(({ id, hash, dimension }) => ({ id, hash, dimension })),
    };
  });
}
