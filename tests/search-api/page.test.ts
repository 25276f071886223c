import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiKeys } from "../../search-api/guards/api-keys.ts";
import type { ReleaseView } from "../../search-api/schemas/release-schema.ts";
import type { SearchResponse } from "../../src/retrieval/request/search-types.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { complaints } from "./support/axe.ts";
import { headlessBrowser } from "./support/browser.ts";
import { type TestApi, testApi } from "./support/test-api.ts";

const WEB = join(import.meta.dirname, "..", "..", "search-api", "web");

test("the pages are plain files, none of them large", () => {
  const entries = readdirSync(WEB, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  expect(files.every((file) => /\.(html|js|css|svg)$/.test(file))).toBe(true);
  expect(Math.max(...files.map((file) => statSync(file).size))).toBeLessThan(16_000);
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
    page.setDefaultTimeout(20_000);
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
    // What is in a line ends where the search box ends.
    const ends = await page.evaluate<number[]>(
      `[".box", ".voices"].map((one) => Math.round(document.querySelector(one).getBoundingClientRect().right))`,
    );
    expect(ends[1]).toBeLessThanOrEqual(ends[0]!);
    await page.getByRole("link", { name: "Myocardial infarction" }).first().click();
    await heading(page).waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
    expect(await first(page).isVisible()).toBe(false);
    await page.getByRole("button", { name: /Back to the results/ }).click();
    expect(await first(page).isVisible()).toBe(true);
  });

  test.each(["/", "/review"])(
    "loads %s in under 60 kB, compressed, with all that it asks, from nowhere else",
    async (path) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      const loaded: [url: string, bytes: number][] = [];
      page.on("response", async (response) => {
        const { responseBodySize } = await response.request().sizes();
        loaded.push([response.url(), responseBodySize]);
      });
      await page.goto(`${api.url}${path}`, { waitUntil: "networkidle" });
      await context.close();
      expect(loaded.length).toBeGreaterThan(10);
      expect(loaded.filter(([url]) => !url.startsWith(api.url))).toEqual([]);
      expect(loaded.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(60_000);
    },
  );

  test("asks for a key where the server wants one, and goes on with it", async () => {
    const key = "a-key-of-this-test";
    await using guarded = await testApi({ ...sample, keys: ApiKeys.from({ plain: key }) });
    const context = await browser.newContext({ locale: "en-US", bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${guarded.url}/?q=crise+cardiaque`);
    await page.getByLabel("A key is needed").last().fill("another");
    expect(await complaints(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByText("That key is not known here").waitFor();
    await page.locator("#key").fill(key);
    await page.keyboard.press("Enter");
    await first(page).waitFor();
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.reload();
    await first(page).waitFor();
    expect(page.url()).not.toContain(key);
    await context.close();
  });

  test("shows each encoder's own list beside the other's, by a link that can be shared", async () => {
    await using opened = await open("/?q=crise+cardiaque");
    const { page } = opened;
    await page.getByRole("button", { name: "side by side" }).click();
    const columns = page.locator(".column");
    await expect.poll(() => columns.count()).toBe(2);
    const address = page.url();
    expect(new URL(address).searchParams.get("view")).toBe("side");
    for (const [i, encoder] of ["tiny-bert", "tiny-xlmr"].entries()) {
      const own = await api.send<SearchResponse>(`/api/v1/search?q=crise+cardiaque&k=20&encoders=${encoder}`);
      expect(await columns.nth(i).locator("h3").allTextContents()).toEqual(
        own.json.results.map(({ name }) => name),
      );
    }
    expect(await columns.first().locator(".result").first().textContent()).toMatch(/no\. 1 there/);
    await columns.first().locator(".result").first().hover();
    expect(await page.locator(".result.twin").count()).toBe(2);
    await page.goto(address);
    await expect.poll(() => columns.count()).toBe(2);
    await page.locator("#query").press("ArrowDown");
    expect(await focused(page)).toBe("Myocardial infarction");
  });

  test("shows more results without asking again for those it has", async () => {
    await using opened = await open("/?q=heart");
    const { page } = opened;
    await first(page).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/search?")) asked.push(new URL(request.url()).search);
    });
    const names = page.locator("li.result h2");
    await page.getByRole("button", { name: "More" }).click();
    await expect.poll(() => names.count()).toBe(40);
    expect(asked.map((search) => new URLSearchParams(search).get("offset"))).toEqual(["20"]);
    expect(new URL(page.url()).searchParams.get("k")).toBe("40");
    const shown = await page
      .locator("li.result")
      .evaluateAll((items) => items.map((item) => item.dataset["cui"]));
    const whole = await api.send<SearchResponse>("/api/v1/search?q=heart&k=40");
    expect(shown).toEqual(whole.json.results.map(({ cui }) => cui));
    expect(await focused(page)).toBe(await names.nth(20).textContent());
    await page.reload();
    await expect.poll(() => names.count()).toBe(40);
  });

  test("copies a search as a link, as curl, as JSON and as SSSOM", async () => {
    await using opened = await open("/?q=l%27infarctus&lat=FRE", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const { page } = opened;
    await first(page).waitFor();
    const copied = async (name: string): Promise<string> => {
      await page.locator(".head").getByRole("button", { name, exact: true }).click();
      await page.locator(".head").getByRole("button", { name: "Copied" }).waitFor();
      const text = await page.evaluate<string>("navigator.clipboard.readText()");
      await page.locator(".head").getByRole("button", { name, exact: true }).waitFor();
      return text;
    };
    expect(await copied("link")).toBe(page.url());
    const curl = await copied("curl");
    expect(curl).toContain(`curl -sG '${api.url}/api/v1/search'`);
    const { stdout } = await promisify(execFile)("sh", ["-c", curl]);
    const { json } = await api.send<SearchResponse>("/api/v1/search?q=l%27infarctus&lat=FRE&k=20");
    expect(JSON.parse(stdout).results).toEqual(json.results);
    expect(JSON.parse(await copied("JSON")).results).toEqual(json.results);
    const sssom = (await copied("SSSOM")).split("\n");
    expect(sssom).toContain('#  D_SAMPLE: "https://w3id.org/termduet/dataset/sample/"');
    const rows = sssom.filter((line) => !line.startsWith("#"));
    const columns = rows[0]!.split("\t");
    const objects = rows.slice(1, -1).map((row) => row.split("\t")[columns.indexOf("object_id")]);
    const rated = json.results.filter(({ rating }) => rating > 0).map(({ cui }) => `D_SAMPLE:${cui}`);
    expect(new Set(objects)).toEqual(new Set(rated));
    expect(rows.every((row) => row === "" || row.split("\t").length === columns.length)).toBe(true);
  });

  test("marks what is obsolete", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    await page.route("**/api/v1/search?**", async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as SearchResponse;
      body.results[1]!.obsolete = true;
      await route.fulfill({ response, json: body });
    });
    await page.goto(`${api.url}/?q=heart`);
    await page.locator("li.result .given-up", { hasText: "obsolete" }).waitFor();
    expect(await page.locator("li.result .given-up").count()).toBe(1);
    await context.close();
  });

  test("opens the hierarchy where it is pointed at, and finds what is near by meaning", async () => {
    await using opened = await open("/?c=C0027051");
    const { page } = opened;
    await heading(page).waitFor();
    const tree = page.locator(".tree");
    const twig = tree.getByRole("button", { name: "What is below Heart disease" });
    const { json } = await api.send<{ children: { name: string }[] }>("/api/v1/concepts/C0018799");
    expect(json.children.length).toBeGreaterThan(2);
    await twig.click();
    await expect.poll(() => twig.getAttribute("aria-expanded")).toBe("true");
    for (const { name } of json.children)
      await expect.poll(() => tree.getByRole("link", { name, exact: true }).count()).toBe(1);
    await twig.click();
    await expect.poll(() => tree.getByRole("link").count()).toBe(4);
    const near = page.locator(".near a");
    await expect.poll(() => near.count()).toBe(8);
    expect(await near.allTextContents()).not.toContain("Myocardial infarction");
  });

  test("searches below a concept, and counts the types of what it finds", async () => {
    await using opened = await open("/?q=pain&c=C0018799");
    const { page } = opened;
    await page.getByRole("button", { name: "Search only what is below" }).click();
    await page.locator(".chip", { hasText: "below Heart disease" }).waitFor();
    expect(new URL(page.url()).searchParams.get("under")).toBe("C0018799");
    const { json } = await api.send<SearchResponse>("/api/v1/search?q=pain&k=20&under=C0018799&facets=sty");
    const names = page.locator("li.result h2");
    await expect.poll(() => names.allTextContents()).toEqual(json.results.map(({ name }) => name));
    await page.locator("summary", { hasText: "Type" }).click();
    const types = await page.locator('[data-menu="sty"] label').allTextContents();
    expect(types).toEqual(json.facets!.sty!.map(({ name, count }) => `${name}${count}`));
  });

  test("says what the releases hold and what changed between them", async () => {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    await page.route("**/api/v1/releases", async (route) => {
      const response = await route.fetch();
      const { releases } = (await response.json()) as { releases: ReleaseView[] };
      const older = structuredClone(releases[0]!);
      const counts = { ...older.counts, concepts: 530, bySab: { ...older.counts.bySab, GONE: 12 } };
      const before = { ...older, release: "0", active: false, ingestedAt: "2020-01-01T00:00:00Z", counts };
      await route.fulfill({ response, json: { releases: [before, ...releases] } });
    });
    await page.goto(api.url);
    await page.locator("#release button").click();
    const dialog = page.getByRole("dialog", { name: "Releases" });
    const text = await dialog.textContent();
    expect(text).toMatch(/sample 1 · searched538/);
    expect(text).toMatch(/What changed from 0 to 1.*concepts530538\+8.*GONE120-12/);
    expect(text).toContain("termduet releases diff sample 0 1");
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog.isVisible()).toBe(false);
    await context.close();
  });

  const views: [name: string, path: string, act: (page: Page) => Promise<void>][] = [
    ["start", "/", async () => undefined],
    ["results", "/?q=heart+atack", (page) => page.getByRole("button", { name: /^Why/ }).first().click()],
    [
      "completions",
      "/",
      async (page) => {
        await page.keyboard.type("heart");
        await page.getByRole("option").first().waitFor();
      },
    ],
    ["filters", "/?q=heart&lat=FRE", (page) => page.locator("summary", { hasText: "Source" }).click()],
    ["side by side", "/?q=heart&view=side", (page) => page.locator(".column .result").first().waitFor()],
    [
      "a concept",
      "/?q=heart&c=C0027051",
      async (page) => {
        await page.locator(".near a").first().waitFor();
        await page.getByRole("button", { name: "What is below Disease" }).click();
      },
    ],
    ["the releases", "/", (page) => page.locator("#release button").click()],
    ["nothing found", "/?q=heart&sab=NONE", (page) => page.locator(".notice").waitFor()],
  ];
  test.each(views)(
    "has nothing that axe complains of: %s",
    async (_, path, act) => {
      for (const options of [
        { colorScheme: "light" },
        { colorScheme: "dark" },
        { colorScheme: "light", viewport: { width: 360, height: 740 } },
      ] as const) {
        await using opened = await open(path, { ...options, bypassCSP: true });
        if (path.includes("q="))
          await opened.page.locator("#status:not(:empty)").waitFor({ state: "attached" });
        await act(opened.page);
        expect(await complaints(opened.page)).toEqual([]);
      }
    },
    120_000,
  );

  test("marks the words that a name has in common with the query, without accents and case", async () => {
    await using opened = await open("/?q=Crise%20CARDIAQUE");
    await first(opened.page).waitFor();
    expect(await first(opened.page).locator("mark.said").allTextContents()).toEqual(["crise", "cardiaque"]);
  });

  /** What the server answers to searches from now on, changed as `change` says. */
  async function answered(page: Page, change: (response: SearchResponse) => void): Promise<void> {
    await page.route("**/api/v1/search?*", async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as SearchResponse;
      change(json);
      await route.fulfill({ response, json });
    });
  }

  test("says in what a name differs from the query, in both views", async () => {
    for (const view of ["", "&view=side"]) {
      await using opened = await open("/", { bypassCSP: true });
      const { page } = opened;
      await answered(page, ({ results: [best] }) => {
        best!.name = "Hépatite B";
        best!.differs = [{ kind: "letter", query: "E", name: "B" }];
      });
      await page.goto(`${api.url}/?q=hepatitis%20E${view}`);
      await first(page).waitFor();
      expect(await first(page).locator(".facts").textContent()).toContain("≠ E / B");
      expect(await first(page).locator("mark.otherwise").first().textContent()).toBe("B");
      expect(await complaints(page)).toEqual([]);
    }
  });

  test("says that nothing is close, that a text has several senses, and what a filter asks in vain", async () => {
    await using opened = await open("/", { locale: "fr-FR", bypassCSP: true });
    const { page } = opened;
    await answered(page, (response) => {
      response.close = false;
      response.ambiguous = true;
      response.unknownFilters = [{ field: "sab", values: ["ICD99"] }];
    });
    await page.goto(`${api.url}/?q=carburateur`);
    await page.locator(".caution").waitFor();
    expect(await page.locator(".caution p").allTextContents()).toEqual([
      "Rien de proche : ces concepts sont seulement les moins éloignés.",
      "Ce texte est le nom de plusieurs concepts de sens différents.",
      "Cette version ne connaît pas : ICD99",
    ]);
    expect(await complaints(page)).toEqual([]);
  });

  test("says of a code that is not there that it is none, and warns of nothing where something is close", async () => {
    await using opened = await open("/?q=ICD10CM:Z99.987");
    const { page } = opened;
    await page.locator(".notice", { hasText: "This release has no such code." }).waitFor();
    await page.goto(`${api.url}/?q=crise%20cardiaque`);
    await first(page).waitFor();
    expect(await page.locator(".caution").count()).toBe(0);
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
