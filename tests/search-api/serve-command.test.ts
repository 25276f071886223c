import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { runCli } from "../support/run-cli.ts";
import { sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");

interface Served {
  child: ChildProcess;
  url: string;
  line: string;
  stderr: () => string;
}

/** Starts `termduet serve` and waits until it says where it is. */
async function serve(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [BIN, "serve", "--port", "0", ...args]);
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(String(data)));
    child.once("exit", () => reject(new Error(stderr)));
  });
  return { child, line, url: /http:\S+/.exec(line)![0], stderr: () => stderr };
}

describe("termduet serve", () => {
  const folder = temporaryFolder();
  const store = ["--store", `lancedb:${join(folder.path, "store")}`, "--encoders-folder", folder.path];
  beforeAll(async () => {
    await (await sampleStore(folder.path))[Symbol.asyncDispose]();
  });
  afterAll(() => folder[Symbol.dispose]());

  test("says where it is and what it holds, answers, and ends with 0 when told to", async () => {
    const { child, line, url, stderr } = await serve(store);
    expect(line).toMatch(/^Termduet is at http:\/\/127\.0\.0\.1:\d+ \(sample 1, [\d,]+ strings\)\n$/);
    const response = await fetch(`${url}/api/v1/search?q=crise%20cardiaque`);
    const { results } = (await response.json()) as SearchResponse;
    expect(results[0]).toMatchObject({ cui: "C0027051", matchType: "exact" });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("process_resident_memory_bytes");
    expect(await (await fetch(url)).text()).toContain("<title>Termduet</title>");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(stderr()).not.toContain("cardiaque");
    for (const entry of stderr().trim().split("\n")) JSON.parse(entry);
    expect(stderr()).toContain('"msg":"stopping"');
  });

  test("is silent when told to be", async () => {
    const { child, url, stderr } = await serve([...store, "--quiet"]);
    await fetch(`${url}/api/v1/search?q=x`);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(stderr()).toBe("");
  });

  test("answers what it has begun when its terminal goes (SIGHUP)", async () => {
    const { child, url } = await serve([...store, "--quiet"]);
    const answer = fetch(`${url}/api/v1/search?q=x`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGHUP");
    expect((await answer).status).toBe(200);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("ends with one line and 1 when the port is in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await runCli(["serve", ...store, "--port", String(port), "--quiet"]);
    other.close();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      `termduet: port ${port} of 127.0.0.1 is in use; stop what listens there, or choose another by --port\n`,
    );
  });

  test("ends with one line and 1 when the store is empty, or was made by other encoders", async () => {
    const nothing = join(folder.path, "nothing");
    const empty = await runCli(["serve", "--store", `lancedb:${nothing}`, "--port", "0", "--quiet"]);
    expect(empty.code).toBe(1);
    expect(empty.stderr).toMatch(/^termduet: there is no store at .*nothing;[^\n]*`termduet ingest[^\n]*\n$/);
    const others = await runCli([
      "serve",
      ...store.slice(0, 2),
      "--encoders-folder",
      nothing,
      "--port",
      "0",
      "--quiet",
    ]);
    expect(others.code).toBe(1);
    expect(others.stderr).toMatch(/^termduet: sample 1 was encoded with tiny-[^\n]*\n$/);
  });

  test.each([["--port", "70000"], ["--port", "http"], ["--rate-limit", "-1"], ["--nonsense"]])(
    "ends with 2 for %s %s",
    async (...args) => {
      const { code, stderr } = await runCli(["serve", ...args]);
      expect(code).toBe(2);
      expect(stderr.trim().split("\n").length).toBe(1);
    },
  );
});
