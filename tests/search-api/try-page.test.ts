import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headlessBrowser } from "./support/browser.ts";
import { fakeSearch, fakeStore } from "./support/fake-search.ts";
import { type TestApi, testApi } from "./support/test-api.ts";

const browser = await headlessBrowser();
const FOLDER = join(import.meta.dirname, "..", "..", "search-api", "web", "try");

describe.skipIf(typeof browser === "string")("the page that tries the API", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await testApi({ searcher: fakeSearch(), store: fakeStore() });
  });
  afterAll(async () => {
    if (typeof browser !== "string") await browser.close();
    await api[Symbol.asyncDispose]();
  });

  test("has a form for every operation, asks, and shows the answer and the command for it", async () => {
    if (typeof browser === "string") return;
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`${api.url}/try/`);
    await page.waitForSelector("details");
    expect(await page.locator("details").count()).toBe(api.oracle.operations.length);
    const search = page.locator("details", { hasText: /^GET \/api\/v1\/search Search/ });
    await search.locator("summary").click();
    await search.getByLabel(/^q /).fill("l'été");
    await search.getByLabel(/^k /).fill("1");
    await search.getByRole("button", { name: "Send" }).click();
    await search.getByText("200 OK").waitFor();
    expect(await search.getByLabel("Answer").textContent()).toContain('"query": "l\'été"');
    expect(await search.getByLabel("As a command").textContent()).toBe(
      `curl -X GET '${api.url}/api/v1/search?q=l%27%C3%A9t%C3%A9&k=1'`,
    );
    const batch = page.locator("details", { hasText: /^POST \/api\/v1\/search Search/ });
    await batch.locator("summary").click();
    await batch.getByRole("button", { name: "Send" }).click();
    await batch.getByText("200 OK").waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  test("is small", () => {
    const bytes = readdirSync(FOLDER).map((name) => statSync(join(FOLDER, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(20_000);
  });
});
