import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runCli } from "../support/run-cli.ts";
import { SAMPLE } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const BIN = join(ROOT, "bin", "termduet.js");
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");

/** The very commands of the containers, with the very environment, outside Docker; the store is on this disk. */
describe("what the containers run", () => {
  const folder = temporaryFolder();
  const store = { TERMDUET_STORE: `lancedb:${join(folder.path, "store")}` };
  afterAll(() => folder[Symbol.dispose]());
  beforeAll(async () => {
    const ingest = ["ingest", join(SAMPLE, "META"), "--dataset", "umls", "--release", "1", "--quiet"];
    expect(await runCli(ingest, { env: store })).toMatchObject({ code: 0 });
  });

  async function served(
    args: readonly string[],
    env: Record<string, string>,
    ask: (url: string, said: string) => Promise<void>,
  ): Promise<void> {
    const { TERMDUET_API_KEY: _, ...here } = process.env;
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder.path,
      // Port 0, since the container's own port may be taken here.
      env: { ...here, ...store, TERMDUET_PORT: "0", ...env },
    });
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    try {
      await new Promise<void>((ready, failed) => {
        child.stdout.on("data", (data) => {
          said += data;
          if (/Termduet is at /.test(said)) ready();
        });
        child.once("close", (code) => failed(new Error(`ended with ${code}: ${said}`)));
      });
      await ask(`http://127.0.0.1:${/:(\d+) \(/.exec(said)![1]}`, said);
    } finally {
      child.kill("SIGTERM");
      if (child.exitCode === null) await new Promise((done) => child.once("close", done));
    }
  }

  async function status(url: string, key?: string): Promise<number> {
    const headers = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    return (await fetch(`${url}/api/v1/search?q=fever`, { headers })).status;
  }

  const dockerfile = read("Dockerfile");
  const production = { NODE_ENV: /NODE_ENV=(\S+)/.exec(dockerfile)![1]! };

  test("the image's own command is ready, and prints a key that opens it where none was given", async () => {
    const commands = [...dockerfile.matchAll(/^CMD (\[.*\])$/gm)].map(([, args]) => JSON.parse(args!));
    expect(commands.length).toBe(2);
    for (const args of new Set<string[]>(commands.slice(0, 1)))
      await served(args, production, async (url, said) => {
        expect((await fetch(`${url}/readyz`)).status).toBe(200);
        expect(await status(url)).toBe(401);
        expect(await status(url, /until it stops: (\S+)/.exec(said)![1])).toBe(200);
      });
    expect(commands[1]).toEqual(commands[0]);
  });

  test("the image's own command takes the key that is given, and prints none", async () => {
    const args = ["start", "--host", "0.0.0.0"];
    await served(args, { ...production, TERMDUET_API_KEY: "a-long-key-of-ours-1234" }, async (url, said) => {
      expect(said).not.toContain("until it stops");
      expect(await status(url, "a-long-key-of-ours-1234")).toBe(200);
    });
  });

  const { search } = parse(read("docker-compose.yml"), { merge: true }).services;

  test("the compose file's search service is ready with the key that it asks for in one line", async () => {
    expect(search.environment.TERMDUET_API_KEY).toMatch(/^\$\{TERMDUET_API_KEY:\?[^}]+\}$/);
    const given = { ...production, TERMDUET_API_KEY: "a-long-key-of-ours-1234" };
    await served(search.command, given, async (url) => {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      expect(await status(url)).toBe(401);
      expect(await status(url, "a-long-key-of-ours-1234")).toBe(200);
    });
  });

  test("the compose file's search service says in one line what it lacks, without a key", async () => {
    await expect(served(search.command, production, async () => undefined)).rejects.toThrow(
      /ended with 2: termduet: in production 0\.0\.0\.0 is not served without a key; make one[^\n]*TERMDUET_API_KEY\n$/,
    );
  });
});
