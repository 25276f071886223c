import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headlessBrowser } from "../search-api/support/browser.ts";
import { sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { sampleConcepts, writeReviewFolder } from "./support/review-folder.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");
const ENTRIES = 500; // two pairs each

const started = await headlessBrowser();
const skipped = typeof started === "string";

/** `termduet review` as a process group of its own, so that a kill reaches Node behind the launcher. */
async function startReview(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [BIN, "review", ...args], { detached: true });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (data) => {
      output += data;
      const told = /review is at (http:\S+)\/review/.exec(output);
      if (told) resolve(told[1]!);
    });
    child.stderr.on("data", (data) => {
      output += data;
    });
    child.once("exit", () => reject(new Error(output)));
  });
  return { child, url };
}

async function killed({ child }: { child: ChildProcess }): Promise<void> {
  const gone = once(child, "exit");
  process.kill(-child.pid!, "SIGKILL");
  await gone;
}

describe.skipIf(skipped)(`a review in a browser${skipped ? ` (none here: ${started})` : ""}`, () => {
  if (typeof started === "string") return;
  const browser = started;
  const folder = temporaryFolder();
  const review = join(folder.path, "review");
  const concepts = sampleConcepts();
  const args = [
    review,
    "--store",
    `lancedb:${join(folder.path, "store")}`,
    "--encoders-folder",
    folder.path,
    "--quiet",
  ];
  let server: Awaited<ReturnType<typeof startReview>>;
  beforeAll(async () => {
    await (await sampleStore(folder.path))[Symbol.asyncDispose]();
    writeReviewFolder(review, ENTRIES);
    server = await startReview([...args, "--port", "0"]);
  });
  afterAll(async () => {
    await browser.close();
    await killed(server);
    folder[Symbol.dispose]();
  });

  const ratingOf = (entry: number, pair: number): number => (entry * 7 + pair * 3) % 6;

  /** Rates entries by the keyboard alone, each key when the pair before it has been left. */
  async function rateAll(page: Page, from: number, to: number, onRated: () => void): Promise<void> {
    for (let entry = from; entry < to; entry++) {
      for (const pair of [0, 1]) {
        const { cui } = concepts[(entry + pair) % concepts.length]!;
        await page.locator(`[data-entry="E${entry}"] .candidate[aria-current][data-cui="${cui}"]`).waitFor();
        await page.keyboard.press(String(ratingOf(entry, pair)));
        onRated();
      }
    }
  }

  test("1,000 pairs by keyboard in two tabs, the server killed in the middle: none lost, none doubled", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const first = await context.newPage();
    await first.goto(`${server.url}/review`);
    await first.locator("#reviewer").fill("Ada");
    await first.keyboard.press("Enter");
    await first.locator(".candidate").first().waitFor();
    const second = await context.newPage();
    const half = ENTRIES / 2;
    await second.goto(`${server.url}/review?e=${half + 1}`);
    let rated = 0;
    let down = false;
    const onRated = (): void => {
      rated++;
      if (rated === 400 || rated === 700) {
        down = true;
        void (async () => {
          const { port } = new URL(server.url);
          await killed(server);
          await new Promise((resolve) => setTimeout(resolve, 700));
          server = await startReview([...args, "--port", port]);
          down = false;
        })();
      }
    };
    await Promise.all([rateAll(first, 0, half, onRated), rateAll(second, half, ENTRIES, onRated)]);
    expect(rated).toBe(2 * ENTRIES);
    await expect.poll(() => down, { timeout: 30_000 }).toBe(false);
    for (const page of [first, second])
      await expect.poll(() => page.locator("#saved").textContent(), { timeout: 20_000 }).toBe("All saved");
    expect(await first.evaluate("Object.keys(localStorage).length")).toBe(1); // the reviewer's name alone
    await context.close();
    using database = new DatabaseSync(join(review, "ratings.sqlite"), { readOnly: true });
    const kept = database.prepare("SELECT entry, cui, rating FROM current WHERE reviewer = 'Ada'").all();
    const wanted = Array.from({ length: ENTRIES }, (_, entry) =>
      [0, 1].map((pair) => ({
        entry: `E${entry}`,
        cui: concepts[(entry + pair) % concepts.length]!.cui,
        rating: ratingOf(entry, pair),
      })),
    ).flat();
    const sorted = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(kept)).toEqual(sorted(wanted));
    expect(database.prepare("SELECT count(*) AS n FROM events").get()).toEqual({ n: 2 * ENTRIES });
  }, 300_000);
});
