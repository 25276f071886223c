import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { headlessBrowser } from "./support/browser.ts";
import { type TestApi, testApi } from "./support/test-api.ts";

const WEB = join(import.meta.dirname, "..", "..", "search-api", "web");

test("the page's files are under 100 kB in all, and load nothing from elsewhere", async () => {
  const files = readdirSync(WEB).map((name) => join(WEB, name));
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(100_000);
  expect(files.every((file) => /\.(html|js|css|svg)$/.test(file))).toBe(true);
});

const started = await headlessBrowser();
const skipped = typeof started === "string";

describe.skipIf(skipped)(`the page in a browser${skipped ? ` (none here: ${started})` : ""}`, () => {
  if (typeof started === "string") return;
  const browser = started;
  const folder = temporaryFolder();
  let sample: SampleStore;
  let api: TestApi;
  const wrong: string[] = [];
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
    api = await testApi(sample);
  });
  afterAll(async () => {
    await browser.close();
    await api[Symbol.asyncDispose]();
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  /** Opens an address of the page. Whatever the browser complains of fails the test. */
  async function open(
    path = "/",
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page } & AsyncDisposable> {
    const context = await browser.newContext({ locale: "en-US", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    wrong.length = 0;
    page.on("console", (message) => wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.goto(`${api.url}${path}`);
    await page.locator("#filters details").first().waitFor();
    return {
      page,
      async [Symbol.asyncDispose]() {
        await context.close();
        expect(wrong).toEqual([]);
      },
    };
  }

  const first = (page: Page) => page.locator("li.result").first();
  const heading = (page: Page) => page.locator("#concept h1");
  const focused = (page: Page) => page.evaluate("document.activeElement.textContent");

  test("says what it is and what the release holds before anything is typed", async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole("heading", { name: "Two encoders, one list." }).waitFor();
    expect(await page.locator(".holds").textContent()).toMatch(/sample 1.*538 concepts.*English/);
    expect(await page.evaluate("document.activeElement.id")).toBe("query");
  });

  test("shows completions and results while typing", async () => {
    await using opened = await open();
    const { page } = opened;
    await page.keyboard.type("crise card", { delay: 20 });
    await page.getByRole("option", { name: "crise cardiaque" }).waitFor();
    await first(page).waitFor();
    await page.keyboard.type("iaque");
    await first(page).getByText("exact").waitFor(); // until then what begins so is shown
    expect(await first(page).getAttribute("data-cui")).toBe("C0027051");
    expect(await first(page).textContent()).toMatch(
      /crise cardiaque.*French.*TDLAYFRE.*exact.*Disease or Syndrome/,
    );
    expect(await first(page).locator(".ratings .voice").count()).toBe(2);
    expect(await page.getByRole("status").textContent()).toBe("20 concepts");
    expect(new URL(page.url()).searchParams.get("q")).toBe("crise cardiaque");
  });

  test("drops the answer to what is no longer asked", async () => {
    await using opened = await open();
    const { page } = opened;
    await page.route("**/api/v1/search?q=heart&*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await route.continue().catch(() => undefined);
    });
    await page.locator("#query").fill("heart");
    await page.waitForTimeout(300);
    await page.locator("#query").fill("crise cardiaque");
    await page.locator('li.result[data-cui="C0027051"]').first().waitFor();
    await page.waitForTimeout(900);
    expect(await first(page).textContent()).toContain("crise cardiaque");
  });

  test("can be used by keyboard alone", async () => {
    await using opened = await open();
    const { page } = opened;
    await page.keyboard.type("infarctus du");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("#query").getAttribute("aria-activedescendant")).toBe("option-0");
    await page.keyboard.press("Enter");
    expect(await page.locator("#query").inputValue()).toBe("Infarctus du myocarde");
    await page.locator('li.result[data-cui="C0027051"]').waitFor();
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Myocardial infarction");
    await page.keyboard.press("ArrowDown");
    const second = await focused(page);
    expect(second).toBe(await page.locator("li.result h2").nth(1).textContent());
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await heading(page).waitFor();
    expect(await focused(page)).toBe("Myocardial infarction");
    await page.keyboard.press("Escape");
    await heading(page).waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Myocardial infarction");
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.id")).toBe("query");
    await page.keyboard.press("Escape");
    expect(await page.locator("#query").inputValue()).toBe("");
  });

  test("filters by what the release holds, and shows what is filtered by", async () => {
    await using opened = await open("/?q=heart+attack");
    const { page } = opened;
    await first(page).waitFor();
    await page.locator("summary", { hasText: "Language" }).click();
    await page.getByRole("checkbox", { name: /^French/ }).check();
    await page.locator(".chip", { hasText: "French" }).waitFor();
    await expect.poll(() => page.locator(".origin", { hasText: "English" }).count()).toBe(0);
    expect(new URL(page.url()).searchParams.get("lat")).toBe("FRE");
    await page.locator("summary", { hasText: "Type" }).click();
    await page.getByRole("checkbox", { name: "Disease or Syndrome" }).check();
    await expect.poll(() => new URL(page.url()).searchParams.get("sty")).toBe("T047");
    await page.keyboard.press("Escape");
    await page.locator(".chip", { hasText: "French" }).click();
    await expect.poll(() => new URL(page.url()).searchParams.has("lat")).toBe(false);
    await page.getByRole("button", { name: "tiny-bert" }).click();
    await expect.poll(() => first(page).locator(".ratings .voice").count()).toBe(1);
  });

  test("says why a result is there", async () => {
    await using opened = await open("/?q=crise+cardiaque");
    const { page } = opened;
    const why = first(page).getByRole("button", { name: "Why Myocardial infarction?" });
    await why.click();
    expect(await why.getAttribute("aria-expanded")).toBe("true");
    expect(await first(page).locator("tbody tr").count()).toBe(2);
    expect(await first(page).locator("tbody").textContent()).toMatch(/tiny-bertcrise cardiaque1\.0000/);
  });

  test("shows a concept whole, with links that lead on and an address to share", async () => {
    await using opened = await open("/?q=crise+cardiaque");
    const { page } = opened;
    await page.getByRole("link", { name: "Myocardial infarction" }).first().click();
    await heading(page).waitFor();
    const text = await page.locator("#concept").textContent();
    expect(text).toMatch(/Death of a piece of the heart muscle/);
    expect(text).toMatch(/Infarctus du myocarde.*TDSAMPLEFRE PT/);
    expect(text).toMatch(/has finding site.*Heart/);
    expect(await page.locator(".tree a").allTextContents()).toEqual([
      "Disease",
      "Cardiovascular disease",
      "Heart disease",
      "Coronary artery disease",
    ]);
    expect(await page.locator("li.result[aria-current]").count()).toBe(1);
    await page.locator(".tree").getByRole("link", { name: "Heart disease" }).click();
    await page.locator("#concept h1", { hasText: "Heart disease" }).waitFor();
    const address = page.url();
    await page.goBack();
    await page.locator("#concept h1", { hasText: "Myocardial infarction" }).waitFor();
    await page.goto(address);
    await page.locator("#concept h1", { hasText: "Heart disease" }).waitFor();
    expect(await page.locator("#query").inputValue()).toBe("crise cardiaque");
    await first(page).waitFor();
  });

  test("goes back through searches as they were made", async () => {
    await using opened = await open();
    const { page } = opened;
    await page.locator("#query").fill("heart");
    await page.keyboard.press("Enter");
    await first(page).waitFor();
    await page.locator("#query").fill("crise cardiaque");
    await page.keyboard.press("Enter");
    await page.goBack();
    expect(await page.locator("#query").inputValue()).toBe("heart");
    await page.goForward();
    expect(await page.locator("#query").inputValue()).toBe("crise cardiaque");
  });

  test("speaks French to a French browser", async () => {
    await using opened = await open("/?q=crise+cardiaque&c=C0027051", { locale: "fr-CA" });
    const { page } = opened;
    await heading(page).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("fr");
    expect(await page.locator("#concept").textContent()).toMatch(
      /Définitions.*Mort d'une partie.*Hiérarchie.*Maladie/,
    );
    expect(await page.getByRole("combobox").getAttribute("placeholder")).toMatch(/^Un mot/);
  });

  test("fits a phone, one thing at a time", async () => {
    await using opened = await open("/?q=crise+cardiaque", { viewport: { width: 360, height: 740 } });
    const { page } = opened;
    await first(page).waitFor();
    const overflow = () => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole("link", { name: "Myocardial infarction" }).first().click();
    await heading(page).waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    expect(await first(page).isVisible()).toBe(false);
    await page.getByRole("button", { name: /Back to the results/ }).click();
    expect(await first(page).isVisible()).toBe(true);
  });

  test("is dark where the system is", async () => {
    const background = async (colorScheme: "light" | "dark"): Promise<string> => {
      await using opened = await open("/", { colorScheme });
      return await opened.page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    };
    expect(await background("dark")).not.toBe(await background("light"));
  });

  test("shows names and queries as text, whatever they hold", async () => {
    await using opened = await open(`/?q=${encodeURIComponent('<img src=x onerror="alert(1)">')}`);
    const { page } = opened;
    await first(page).waitFor();
    expect(await page.locator("main img").count()).toBe(0);
  });

  test("says what the server said when it refuses, and that there is no answer when there is none", async () => {
    const opened = await open("/?q=heart&dataset=nowhere");
    const { page } = opened;
    await page.locator(".notice", { hasText: "there is no dataset nowhere" }).waitFor();
    await page.route("**/api/v1/**", (route) => route.abort());
    await page.locator("#query").fill("other");
    await page.locator(".notice", { hasText: "The server does not answer." }).waitFor();
    await page.context().close();
    expect(wrong.every((text) => /Failed to load resource/.test(text))).toBe(true);
  });
});
