import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { Command } from "commander";
import type { Provider } from "../../encoder/providers.ts";
import { checkedQueries } from "../../retrieval/request/check-request.ts";
import type { SearchFilter } from "../../retrieval/request/search-filter.ts";
import type { SearchRequest, SearchResponse } from "../../retrieval/request/search-types.ts";
import { latOf } from "../../terminology/languages.ts";
import { SEMANTIC_GROUPS, semanticGroup } from "../../terminology/semantic-groups.ts";
import { errnoOf, TermduetError } from "../../terminology/termduet-error.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { openSearcher } from "../open-searcher.ts";
import { progressLine } from "../progress-line.ts";
import { type BatchQuery, readQueryFile } from "../query-file.ts";
import { responseText } from "../response-text.ts";
import { list, setting, whole } from "../settings.ts";

interface Options extends SearchFilter {
  dataset?: string;
  store: string;
  encodersFolder: string;
  provider: Provider;
  k: number;
  json?: boolean;
  batch?: string;
  context?: string;
  out?: string;
  encoders?: string[];
  lang?: string[];
  explain?: boolean;
  exact?: boolean;
  quiet?: boolean;
}

// Encoded together; large enough to fill batches, small enough for steady progress.
const BATCH = 256;

export function searchCommand(): Command {
  const command = new Command("search")
    .argument("[text]", "what to look for, in words, as a code or as a CUI")
    .option(
      "--batch <file>",
      "one query a line, or .jsonl with lines {query, context}; - for stdin; answers are one JSON a line, in the same order",
    )
    .option(
      "--context <text>",
      "the text in which the query stands: what its abbreviations mean is read there",
    )
    .option("--out <file>", "where the answers of --batch go (default: stdout)")
    .addOption(
      setting("--k <n>", "results per query")
        .argParser(whole("--k", 1, 200))
        .default(10),
    )
    .option("--sab <list>", "sources", list)
    .option("--lat <list>", "languages, e.g. FRE", list)
    .option("--tty <list>", "term types", list)
    .option("--sty <list>", "semantic types, e.g. T047", list)
    .option("--group <list>", "semantic groups, e.g. DISO", list)
    .option("--cui <list>", "concepts", list)
    .option("--under <list>", "concepts that stand above in a hierarchy", list)
    .option("--lang <list>", "languages to name concepts in, e.g. fr", list)
    .addOption(setting("--encoders <list>", "encoders to ask (default: all of the release)").argParser(list))
    .option("--explain", "say what each encoder saw")
    .option("--exact", "compare with every vector instead of asking the index (slow)")
    .option("--quiet", "no progress")
    .option("--json", "JSON on stdout");
  for (const add of [datasetOption, storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(text: string | undefined, options: Options): Promise<void> {
  if ((text === undefined) === (options.batch === undefined)) {
    throw new TermduetError("usage", "give a text to search for, or --batch FILE");
  }
  if (text !== undefined && options.out !== undefined)
    throw new TermduetError("usage", "--out is for --batch; one answer goes to stdout: add > FILE");
  if (text === undefined && options.context !== undefined)
    throw new TermduetError(
      "usage",
      "--context is one query's; in a batch give a .jsonl with a context in each line",
    );
  const asked = { query: text!, ...(options.context === undefined ? {} : { context: options.context }) };
  const queries = text === undefined ? readQueryFile(options.batch!) : [asked];
  for (let start = 0; start < queries.length; start += BATCH)
    checkedQueries({ ...inContext(queries.slice(start, start + BATCH)), k: options.k });
  await using store = await openExistingStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const { sab, lat, tty, sty, group, cui, under, encoders, dataset, k } = options;
  const languages = lats(options.lang);
  const filter = Object.fromEntries(
    Object.entries({ sab, lat, tty, sty, group: groups(group), cui, under }).filter(
      ([, v]) => v !== undefined,
    ),
  );
  const search = (part: readonly BatchQuery[]): Promise<SearchResponse[]> =>
    opened.searcher.search({
      ...inContext(part),
      k,
      filter,
      explain: options.explain ?? false,
      exact: options.exact ?? false,
      ...(dataset === undefined ? {} : { dataset }),
      ...(encoders ? { encoders } : {}),
      ...(languages ? { languages } : {}),
    });
  if (text !== undefined) {
    const [response] = await search(queries);
    warnOfFilters(response!);
    process.stdout.write(options.json ? `${JSON.stringify(response)}\n` : responseText(response!));
    return;
  }
  await writeAnswers(queries, options, search);
}

function inContext(part: readonly BatchQuery[]): Pick<SearchRequest, "queries" | "contexts"> {
  return { queries: part.map(({ query }) => query), contexts: part.map(({ context }) => context) };
}

function groups(names: readonly string[] | undefined): string[] | undefined {
  return names?.map((name) => {
    const group = semanticGroup(name);
    if (group) return group.id;
    const known = SEMANTIC_GROUPS.map(({ id }) => id).join(", ");
    throw new TermduetError("usage", `--group ${name} is no semantic group; there are ${known}`);
  });
}

function lats(tags: readonly string[] | undefined): string[] | undefined {
  return tags?.map((tag) => {
    const lat = latOf(tag);
    if (lat) return lat;
    throw new TermduetError("usage", `--lang ${tag} is not a language that is known here, e.g. fr`);
  });
}

/** To stdout, or to a file beside the one asked for, which appears whole or not at all. */
async function writeAnswers(
  queries: readonly BatchQuery[],
  options: Options,
  search: (part: readonly BatchQuery[]) => Promise<SearchResponse[]>,
): Promise<void> {
  const progress = progressLine(
    process.stderr,
    options.quiet ?? (options.out === undefined && process.stdout.isTTY),
  );
  const partial = `${options.out}.partial`;
  const file = options.out === undefined ? process.stdout.fd : openSync(partial, "w");
  try {
    for (let start = 0; start < queries.length; start += BATCH) {
      const responses = await search(queries.slice(start, start + BATCH));
      if (start === 0) warnOfFilters(responses[0]!);
      writeWhole(file, responses.map((response) => `${JSON.stringify(response)}\n`).join(""));
      progress.onProgress({
        stage: "search",
        done: Math.min(start + BATCH, queries.length),
        total: queries.length,
        unit: "queries",
      });
    }
    if (options.out === undefined) return;
    closeSync(file);
    renameSync(partial, options.out);
  } catch (error) {
    if (options.out !== undefined) rmSync(partial, { force: true });
    throw error;
  } finally {
    progress.end();
  }
}

/** A pipe may take less than all at once, or nothing for a moment. */
function writeWhole(file: number, text: string): void {
  let left = Buffer.from(text);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(file, left));
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** A filter's value that the release has not is most often a slip: it is said, and the exit code stays. */
function warnOfFilters({ dataset, release, unknownFilters = [] }: SearchResponse): void {
  for (const { field, values } of unknownFilters)
    process.stderr.write(
      `termduet: --${field} ${values.join(",")}: ${dataset} ${release} holds nothing of that; \`termduet releases list --json\` says what it holds\n`,
    );
}
