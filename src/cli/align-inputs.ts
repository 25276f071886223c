import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { tooLong } from "../alignment/entry-texts.ts";
import { DEFAULT_MATCHER } from "../alignment/matching/default-matcher.ts";
import { type MatcherModel, matcherKey, matcherModel } from "../alignment/matching/matcher.ts";
import type { OutputFolder } from "../alignment/output-folder.ts";
import { serviceTranslator, type TranslationService } from "../alignment/translation/service-translator.ts";
import { tableTranslator } from "../alignment/translation/table-translator.ts";
import { cachedTranslator } from "../alignment/translation/translation-cache.ts";
import type { Translator } from "../alignment/translation/translator.ts";
import { unreadable } from "../terminology/files/file-access.ts";
import type { TextEncoding } from "../terminology/files/text-encoding.ts";
import { type LexiconEntry, readLexicon } from "../terminology/lexicon/lexicon.ts";
import { RejectsFile, rejectOf, tooMany } from "../terminology/rejects-file.ts";
import type { Reject } from "../terminology/release-source.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { explainedAbbreviations } from "../text/abbreviations.ts";
import type { Preprocessing, PreprocessingStep } from "../text/preprocess.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { localFolder } from "./common-options.ts";
import { grouped } from "./progress-line.ts";

/** The entries that can be aligned; rows that can't go to `rejects.tsv`, and too many of them stop the run. */
export async function readEntries(
  path: string,
  { encoding, maxRejectShare }: { encoding: TextEncoding; maxRejectShare: number },
  folder: OutputFolder,
): Promise<{ entries: LexiconEntry[]; rejected: number }> {
  using rejects = new RejectsFile(folder.path("rejects.tsv"));
  let first: Reject | undefined;
  const onReject = (reject: Reject): void => {
    first ??= reject;
    rejects.add(reject);
  };
  const entries = (await readLexicon(path, { encoding, onReject })).filter((entry) => {
    const reason = tooLong(entry);
    if (reason !== undefined) onReject(rejectOf(path, entry.line, reason, entry.term));
    return reason === undefined;
  });
  const rejected = rejects.count;
  if (entries.length === 0 || tooMany(entries.length + rejected, rejected, maxRejectShare)) {
    throw new TermduetError(
      "bad-input",
      `${path}: ${grouped(rejected)} of ${grouped(entries.length + rejected)} rows can't be read, first line ${first!.line}: ${first!.reason}; mend them, or raise --max-reject-share`,
    );
  }
  if (first) {
    process.stderr.write(
      `termduet: ${path}: ${grouped(rejected)} rows are left out, first line ${first.line}: ${first.reason}; all are in rejects.tsv\n`,
    );
  }
  return { entries, rejected };
}

/** The strong mode's coefficients: of a file that was named, else of the store, else those that come with Termduet. */
export async function matcherFor(
  store: VectorStore,
  dataset: string,
  file: string | undefined,
): Promise<MatcherModel> {
  if (file !== undefined) {
    const content = await readFile(file, "utf8").catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
    return matcherModel(jsonOf(content), file);
  }
  const stored = (await store.metadata())[matcherKey(dataset)];
  return stored === undefined ? DEFAULT_MATCHER : matcherModel(stored, store.url);
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** What is done to texts before encoders read them; abbreviations from the lexicon itself and from a table. */
export async function preprocessingOf(
  steps: readonly PreprocessingStep[],
  entries: readonly LexiconEntry[],
  table: string | undefined,
): Promise<Preprocessing | undefined> {
  if (steps.length === 0) return undefined;
  const abbreviations = steps.includes("abbreviations")
    ? explainedAbbreviations(entries.flatMap(({ term, explanation = "" }) => [term, explanation]))
    : new Map<string, string>();
  if (table !== undefined)
    for (const [short, long] of await abbreviationTable(table)) abbreviations.set(short, long);
  return { steps, abbreviations };
}

async function abbreviationTable(path: string): Promise<[string, string][]> {
  const content = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return content.split(/\r?\n/).flatMap((line, i): [string, string][] => {
    if (line.trim() === "") return [];
    const [short = "", long = "", ...rest] = line.split("\t").map((cell) => cell.trim());
    if (short === "" || long === "" || rest.length > 0)
      throw new TermduetError(
        "bad-input",
        `${path}, line ${i + 1}: give the abbreviation, a tab, and what it stands for`,
      );
    return [[short, long]];
  });
}

export interface TranslationOptions {
  store: string;
  translations?: string;
  translationService?: TranslationService;
  translationUrl?: string;
  translationBudget: number;
  translationRate: number;
}

const KEY_VARIABLE = "TERMDUET_TRANSLATION_KEY";
const SERVICE_URLS: Readonly<Record<TranslationService, string | undefined>> = {
  deepl: "https://api.deepl.com/v2/translate",
  libretranslate: undefined,
};

/** The translator that was asked for. The key of a service comes from the environment, so that it is in no history. */
export async function translatorOf(options: TranslationOptions): Promise<Translator | undefined> {
  const { translations, translationService: service, translationBudget, translationRate } = options;
  if (translations !== undefined && service !== undefined)
    throw new TermduetError("usage", "give --translations or --translation-service, not both");
  if (translations !== undefined) return tableTranslator(translations);
  if (service === undefined) return undefined;
  const url = options.translationUrl ?? SERVICE_URLS[service];
  if (url === undefined || !URL.canParse(url))
    throw new TermduetError(
      "usage",
      `--translation-service ${service} needs --translation-url, such as http://localhost:5000/translate`,
    );
  const key = process.env[KEY_VARIABLE];
  if (service === "deepl" && !key)
    throw new TermduetError("usage", `--translation-service deepl needs a key in ${KEY_VARIABLE}`);
  const translator = serviceTranslator({
    service,
    url,
    ...(key ? { key } : {}),
    budget: translationBudget,
    perMinute: translationRate,
  });
  return cachedTranslator(translator, join(localFolder(options.store), "translations.jsonl"));
}

/** SHA-256 of a file, hex. */
export async function fileHash(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Errors: `not-found` before any work is done for a file that is not there. */
export async function checkFile(path: string | undefined): Promise<void> {
  if (path !== undefined)
    await stat(path).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
}
