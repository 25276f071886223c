import { Command } from "commander";
import type { Provider } from "../../encoder/providers.ts";
import { readLabelledQueries } from "../../evaluation/datasets/labelled-queries.ts";
import {
  type PlacesByMethod,
  type RetrievalScores,
  retrievalPlaces,
  retrievalScores,
  wonShare,
} from "../../evaluation/retrieval-task.ts";
import type { SearchFilter } from "../../retrieval/request/search-filter.ts";
import { openStore } from "../../vector-store/open-store.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { openSearcher } from "../open-searcher.ts";
import { progressLine } from "../progress-line.ts";
import { list, setting } from "../settings.ts";
import { intervalText, tableText } from "../table-text.ts";

interface Options extends SearchFilter {
  dataset?: string;
  store: string;
  encodersFolder: string;
  provider: Provider;
  encoders?: string[];
  exact?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export function evaluateRetrievalCommand(): Command {
  const command = new Command("retrieval")
    .description(
      "how often search finds the right concept: merged, each encoder alone, and the oracle of all",
    )
    .argument("<file>", ".tsv or .csv with the columns query and cuis (| between alternatives)")
    .addOption(setting("--encoders <list>", "encoders to ask (default: all of the release)").argParser(list))
    .option("--sab <list>", "sources", list)
    .option("--lat <list>", "languages, e.g. FRE", list)
    .option("--tty <list>", "term types", list)
    .option("--sty <list>", "semantic types, e.g. T047", list)
    .option("--exact", "compare with every vector instead of asking the index (slow)")
    .option("--quiet", "no progress")
    .option("--json", "JSON on stdout");
  for (const add of [datasetOption, storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const queries = await readLabelledQueries(file);
  const { sab, lat, tty, sty, dataset, encoders, exact } = options;
  const filter = Object.fromEntries(
    Object.entries({ sab, lat, tty, sty }).filter(([, v]) => v !== undefined),
  );
  await using store = await openStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const places = await retrievalPlaces(
    queries,
    (request) => opened.searcher.search(request),
    {
      filter,
      exact: exact ?? false,
      ...(dataset === undefined ? {} : { dataset }),
      ...(encoders ? { encoders } : {}),
    },
    (done) => progress.onProgress({ stage: "search", done, total: queries.length, unit: "queries" }),
  );
  progress.end();
  const { dataset: name, release } = await opened.searcher.releases.resolve(dataset);
  const scores = Object.fromEntries(
    Object.entries(places).map(([method, list]) => [method, retrievalScores(list)]),
  );
  const won = complementarityOf(places);
  const result = { task: "retrieval", file, dataset: name, release, queries: queries.length, scores, won };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(result)}\n`
      : retrievalText(`${name} ${release}`, queries.length, scores, won),
  );
}

/** For two encoders, what each answers first of what the other does not. */
function complementarityOf(places: PlacesByMethod): Record<string, number> {
  const [a, b, ...others] = Object.keys(places).filter(
    (method) => method !== "merged" && method !== "oracle",
  );
  if (a === undefined || b === undefined || others.length > 0) return {};
  return { [a]: wonShare(places[a]!, places[b]!), [b]: wonShare(places[b]!, places[a]!) };
}

function retrievalText(
  release: string,
  queries: number,
  scores: Readonly<Record<string, RetrievalScores>>,
  won: Readonly<Record<string, number>>,
): string {
  const rows = Object.entries(scores).map(([method, { acc1, acc5, acc10, mrr }]) => [
    method,
    acc1.value.toFixed(3),
    intervalText(acc1),
    acc5.value.toFixed(3),
    acc10.value.toFixed(3),
    mrr.value.toFixed(3),
  ]);
  const lines = Object.entries(won).map(
    ([id, share]) => `${id} answers ${(100 * share).toFixed(1)} % of what the other does not\n`,
  );
  const header = ["method", "Acc@1", "95 %", "Hits@5", "Hits@10", "MRR"];
  return `${queries} queries against ${release}\n${tableText([header, ...rows])}${lines.join("")}`;
}
