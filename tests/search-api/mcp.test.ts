import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SampleApi, sampleApi } from "./support/sample-api.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");

describe("an assistant (the protocol's own client)", () => {
  let api: SampleApi;
  beforeAll(async () => {
    api = await sampleApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const withClient = async <T>(transport: Transport, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  };
  const http = () => new StreamableHTTPClientTransport(new URL(`${api.url}/mcp`)) as Transport;
  const call = async <T>(client: Client, name: string, input: Record<string, unknown>): Promise<T> => {
    const { content, isError } = await client.callTool({ name, arguments: input });
    const { text } = (content as { text: string }[])[0]!;
    if (isError) throw new Error(text);
    return JSON.parse(text) as T;
  };

  test("finds three tools, and what each takes", async () => {
    const { tools } = await withClient(http(), (client) => client.listTools());
    expect(tools.map(({ name }) => name)).toEqual(["search", "concept", "align_term"]);
    expect(tools[0]!.inputSchema.required).toEqual(["query"]);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  });

  test("searches, looks a concept up and aligns a term over HTTP", async () => {
    await withClient(http(), async (client) => {
      const found = await call<{ results: { cui: string; display: { text: string } }[] }>(client, "search", {
        query: "heart attack",
        group: ["disorders"],
        lang: ["fr"],
        k: 3,
      });
      expect(found.results.length).toBe(3);
      expect(found.results[0]).toMatchObject({ cui: "C0027051", display: { text: "Infarctus du myocarde" } });
      const concept = await call<{ synonyms: string[]; parents: { name: string }[] }>(client, "concept", {
        cui: "C0027051",
        lang: ["fr"],
      });
      expect(concept.synonyms).toContain("crise cardiaque");
      expect(concept.parents[0]!.name).toBe("Maladie coronarienne");
      const aligned = await call<{ match: { cui: string; rating: number; source: string } }>(
        client,
        "align_term",
        {
          term: "crise cardiaque",
          explanation: "le coeur ne reçoit plus assez de sang",
        },
      );
      expect(aligned.match).toMatchObject({ cui: "C0027051", rating: 5, source: "exact" });
    });
  });

  test("is told what it did wrong, without the text that it sent", async () => {
    await withClient(http(), async (client) => {
      await expect(call(client, "concept", { cui: "Untel" })).rejects.toThrow(
        /holds no concept of this identifier$/,
      );
      const wrong = await client.callTool({ name: "search", arguments: { query: "x", k: 51 } });
      expect(wrong.isError).toBe(true);
    });
    expect((await api.send("/mcp")).status).toBe(405);
    expect((await api.post("/mcp", { nonsense: 1 })).status).toBe(406); // not a client of the protocol
  });

  test("may ask for 50 results, 20 synonyms and 50 sources, and for no more", async () => {
    await withClient(http(), async (client) => {
      const isRefused = async (name: string, input: Record<string, unknown>) =>
        client.callTool({ name, arguments: input }).then(
          ({ isError }) => Boolean(isError),
          () => true,
        );
      const search = (more: object) => isRefused("search", { query: "heart", ...more });
      expect([await search({ k: 50 }), await search({ k: 51 })]).toEqual([false, true]);
      const sab = (count: number) => ({ sab: Array(count).fill("TDSAMPLE") });
      expect([await search(sab(50)), await search(sab(51))]).toEqual([false, true]);
      const align = (count: number) =>
        isRefused("align_term", { term: "heart attack", synonyms: Array(count).fill("infarction") });
      expect([await align(20), await align(21)]).toEqual([false, true]);
      const concept = (length: number) => isRefused("search", { query: "x".repeat(length) });
      expect([await concept(1_000), await concept(1_001)]).toEqual([false, true]);
    });
  });

  test("talks to termduet mcp over its standard streams", async () => {
    // The tiny encoders of the test are in its own folder: two of them, where the command looks for added ones.
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [BIN, "mcp", "--store", `lancedb:${join(api.folder, "store")}`, "--encoders-folder", api.folder],
      stderr: "pipe",
    });
    await withClient(transport, async (client) => {
      const found = await call<{ results: { cui: string }[] }>(client, "search", {
        query: "crise cardiaque",
      });
      expect(found.results[0]!.cui).toBe("C0027051");
    });
  });
});
