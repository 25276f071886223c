import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { pino } from "pino";
import type { AppDeps } from "../../../search-api/app-deps.ts";
import { createApp } from "../../../search-api/create-app.ts";
import { DEFAULT_LOAD } from "../../../search-api/limits.ts";
import type { ProblemDocument } from "../../../search-api/problems/http-problem.ts";
import { startServer } from "../../../search-api/server.ts";
import { OpenApiOracle } from "./openapi-oracle.ts";

interface Answer<T> {
  status: number;
  headers: Headers;
  text: string;
  json: T;
}

export interface TestApi extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly oracle: OpenApiOracle;
  /** What was logged so far. */
  log(): string;
  /** Sends a request; the answer must be one that the OpenAPI document foresees. */
  send<T>(path: string, init?: RequestInit): Promise<Answer<T>>;
  post<T>(path: string, body: unknown): Promise<Answer<T>>;
}

/** The app on a free port, its log in memory, every answer checked against its document. */
export async function testApi(
  deps: Pick<AppDeps, "searcher" | "store"> & Partial<AppDeps>,
  graceMs = 2_000,
): Promise<TestApi> {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const app = createApp({
    log,
    now: () => performance.now(),
    newId: randomUUID,
    load: DEFAULT_LOAD,
    version: "0.0.0",
    webFolder: join(import.meta.dirname, "..", "..", "..", "search-api", "web"),
    allowedHosts: [],
    rateLimit: 0,
    processMetrics: false,
    ...deps,
  });
  const server = await startServer({ app, host: "127.0.0.1", port: 0, graceMs, newId: randomUUID });
  const document = await (await fetch(`${server.url}/api/v1/openapi.json`)).json();
  const oracle = new OpenApiOracle(document as Record<string, unknown>);
  const api: TestApi = {
    url: server.url,
    port: server.port,
    oracle,
    log: () => lines.join(""),
    async send<T>(path: string, init: RequestInit = {}) {
      const response = await fetch(`${server.url}${path}`, init);
      const text = await response.text();
      const type = response.headers.get("Content-Type") ?? "";
      if (text !== "" && !path.startsWith("/api/v1/openapi.json"))
        oracle.check(init.method ?? "GET", response.url, response.status, type, text);
      const json = (/[/+]json/.test(type) ? JSON.parse(text) : undefined) as T;
      return { status: response.status, headers: response.headers, text, json };
    },
    post: <T>(path: string, body: unknown) =>
      api.send<T>(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return api;
}

/** `GET` parameters as a path. */
export function searchPath(parameters: Record<string, string | number>, path = "/api/v1/search"): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) search.set(name, String(value));
  return `${path}?${search}`;
}

export type Problem = ProblemDocument;
