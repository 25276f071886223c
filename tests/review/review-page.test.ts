import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaints } from "../search-api/support/axe.ts";
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
    await begin(first, "Ada");
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
    const kept = ratingsOf("Ada") as object[];
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

  test("keeps what was rated while the server was down and the window closed, and sends it later", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    await begin(page, "Bob");
    const { port } = new URL(server.url);
    await killed(server);
    await page.keyboard.press("3");
    await page.locator("#saved.failing", { hasText: "1 not saved yet" }).waitFor();
    await page.close();
    server = await startReview([...args, "--port", port]);
    const later = await context.newPage();
    await later.goto(`${server.url}/review`);
    await expect.poll(() => later.locator("#saved").textContent()).toBe("All saved");
    expect(ratingsOf("Bob")).toEqual([{ entry: "E0", cui: concepts[0]!.cui, rating: 3 }]);
    await context.close();
  });

  test("takes ratings back, one after the other, even those of an earlier window", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    await begin(page, "Cy");
    for (const key of ["1", "2", "5"]) await page.keyboard.press(key);
    const own = page.locator(".rater [aria-pressed=true]");
    await page.locator('[data-entry="E1"]').waitFor();
    expect(await own.textContent()).toBe("5");
    await page.keyboard.press("z");
    await expect.poll(() => own.count()).toBe(0);
    await expect.poll(() => page.locator("#saved").textContent()).toBe("All saved");
    await page.reload();
    await page.locator('[data-entry="E1"]').waitFor();
    await page.keyboard.press("z");
    await page.locator('[data-entry="E0"]').waitFor();
    await expect.poll(() => page.locator("#saved").textContent()).toBe("All saved");
    expect(ratingsOf("Cy")).toEqual([{ entry: "E0", cui: concepts[0]!.cui, rating: 1 }]);
    expect(await page.locator("#place").textContent()).toContain("1 of 1,000 pairs rated");
    await context.close();
  });

  test("shows what is rated beside what the release says of it, others' ratings after one's own, and the agreement", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    const rating = { id: "zoe-first", entry: "E0", cui: concepts[0]!.cui, reviewer: "Zoe", rating: 0 };
    await page.request.post(`${server.url}/api/v1/review/ratings`, { data: { ratings: [rating] } });
    await begin(page, "Dora");
    await page.locator(".definition").first().waitFor();
    const text = await page.locator("#main").textContent();
    expect(text).toMatch(
      /lay Abdomen.*What people call abdomen.*Body Location or Region.*The part of the trunk/,
    );
    expect(text).toMatch(/tiny-bert0\.910.*tiny-xlmr0\.520/);
    expect(text).not.toContain("Zoe");
    await page.keyboard.press("4");
    expect(await page.locator(".candidate").first().textContent()).toContain("Zoe: 0");
    await page.keyboard.press("m");
    await expect.poll(() => page.locator(".candidate").count()).toBe(3);
    await page.keyboard.press("/");
    await page.keyboard.type("heart");
    await page.locator(".found button", { hasText: "C0018787" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator('.candidate[aria-current][data-cui="C0018787"]').waitFor();
    await page.keyboard.press("0");
    await expect.poll(() => page.locator("#saved").textContent()).toBe("All saved");
    await page.keyboard.press("?");
    await page.locator("dialog", { hasText: "Dora – Zoe" }).waitFor();
    expect(ratingsOf("Dora")).toHaveLength(2);
    await context.close();
  });

  test("has nothing that axe complains of", async () => {
    for (const options of [{ colorScheme: "dark" }, { viewport: { width: 360, height: 740 } }] as const) {
      const context = await browser.newContext({ locale: "en-US", bypassCSP: true, ...options });
      const page = await context.newPage();
      await page.goto(`${server.url}/review`);
      await page.locator("#reviewer").waitFor();
      expect(await complaints(page)).toEqual([]);
      await begin(page, "Eve");
      await page.locator(".definition").first().waitFor();
      await page.keyboard.press("2");
      expect(await complaints(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      await page.keyboard.press("?");
      await page.locator("dialog table").first().waitFor();
      expect(await complaints(page)).toEqual([]);
      await context.close();
    }
  }, 120_000);

  async function begin(page: Page, name: string): Promise<void> {
    await page.goto(`${server.url}/review`);
    await page.locator("#reviewer").fill(name);
    await page.keyboard.press("Enter");
    await page.locator(".candidate").first().waitFor();
  }

  function ratingsOf(reviewer: string): unknown[] {
    using database = new DatabaseSync(join(review, "ratings.sqlite"), { readOnly: true });
    return database
      .prepare("SELECT entry, cui, rating FROM current WHERE reviewer = ? AND rating IS NOT NULL")
      .all(reviewer)
      .map((row) => ({ ...row }));
  }
});
