/**
 * Makes what documents hold of the code and of runs:
 *
 *     npm run docs:reference      docs/reference from commands, settings, the API and the readers of files
 *     npm run docs:figures        tables of README and docs from benchmarks/results
 *     npm run docs:outputs        what the commands of README and of the ten-minute start print
 *     npm run docs:record         the sample's own figures anew, into benchmarks/results
 *     npm run docs:picture -- URL a picture of a server's page, with the browser of the development dependencies
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headlessBrowser } from "../../tests/search-api/support/browser.ts";
import { runCli } from "../../tests/support/run-cli.ts";
import { documents, openApi, readDocument, SHOWN } from "./documents.ts";
import { RESULTS, withFigures } from "./figures.ts";
import { withOutputs } from "./markdown-blocks.ts";
import { referencePages } from "./reference.ts";
import { ROOT, runDocument } from "./run-document.ts";

async function reference(): Promise<void> {
  for (const [name, text] of Object.entries(await referencePages(await openApi())))
    writeFileSync(join(ROOT, "docs", "reference", name), text);
}

function figures(): void {
  for (const path of documents()) {
    const text = readDocument(path);
    const made = withFigures(text);
    if (made !== text) writeFileSync(join(ROOT, path), made);
  }
}

async function outputs(): Promise<void> {
  for (const path of SHOWN)
    await inFolder(async (folder) => {
      const blocks = await runDocument(readDocument(path), folder);
      const shown = blocks.flatMap(({ line, printed }) =>
        line === undefined ? [] : [[line, printed] as const],
      );
      writeFileSync(join(ROOT, path), withOutputs(readDocument(path), new Map(shown)));
    });
}

async function record(): Promise<void> {
  await inFolder(async (cwd) => {
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCli(args, { cwd });
      if (code !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
      return stdout;
    };
    const sample = (name: string): string => join(ROOT, "sample", name);
    await run("ingest", sample("META"), "--dataset", "sample", "--release", "1");
    const retrieval = await run("evaluate", "retrieval", sample("queries.tsv"), "--json");
    await run("align", sample("lexicon.tsv"), "--out", "aligned");
    const gold = ["--reference", sample("lexicon.gold.tsv"), "--json"];
    const alignment = await run("evaluate", "alignment", "aligned", ...gold);
    for (const [name, json] of Object.entries({ retrieval, alignment })) {
      const { file: _, alignment: _2, reference: _3, ...result } = JSON.parse(json);
      writeFileSync(join(RESULTS, `sample-${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
    }
  });
}

async function picture(url: string): Promise<void> {
  const browser = await headlessBrowser();
  if (typeof browser === "string") throw new Error(`there is no browser here: ${browser}`);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en" });
  await page.goto(`${url}/?q=crise%20cardiaque`);
  await page.getByText("Myocardial infarction").first().waitFor();
  await page.screenshot({ path: join(ROOT, "docs", "page.png") });
  await browser.close();
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "termduet-docs-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [what, url] = process.argv.slice(2);
const jobs: Record<string, () => Promise<void> | void> = {
  reference,
  figures,
  outputs,
  record,
  picture: () => picture(url ?? "http://127.0.0.1:8080"),
};
await jobs[what ?? ""]!();
