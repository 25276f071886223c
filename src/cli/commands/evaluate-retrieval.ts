import { Command } from "commander";
import type { Provider } from "../../encoder/providers.ts";
import { readLabelledQueries } from "../../evaluation/datasets/labelled-queries.ts";
import { sameNames, withSameNames } from "../../evaluation/datasets/same-names.ts";
import type { Estimate } from "../../evaluation/metrics/bootstrap.ts";
import {
  type PlacesByMethod,
  placesIn,
  type RetrievalScores,
  rankingsOf,
  retrievalScores,
  wonShare,
} from "../../evaluation/retrieval-task.ts";
import type { SearchFilter } from "../../retrieval/request/search-filter.ts";
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
import { differences, readPlaces, storedStrings, writePlaces } from "../retrieval-runs.ts";
import { list, setting } from "../settings.ts";
import { intervalText, tableText } from "../table-text.ts";

interface Options extends SearchFilter {
  dataset?: string;
  store: string;
  encodersFolder: string;
  provider: Provider;
  encoders?: string[];
  exact?: boolean;
  strict?: boolean;
  context?: boolean;
  places?: string;
  against?: string;
  quiet?: boolean;
  json?: boolean;
}

export function evaluateRetrievalCommand(): Command {
  const command = new Command("retrieval")
    .description(
      "how often search finds the right concept: merged, each encoder alone, and the oracle of all",
    )
    .argument(
      "<file>",
      ".tsv or .csv with the columns query and cuis (| between alternatives), or .jsonl with query, context and cuis",
    )
    .addOption(setting("--encoders <list>", "encoders to ask (default: all of the release)").argParser(list))
    .option("--sab <list>", "sources", list)
    .option("--lat <list>", "languages, e.g. FRE", list)
    .option("--tty <list>", "term types", list)
    .option("--sty <list>", "semantic types, e.g. T047", list)
    .option(
      "--strict",
      "count the concepts named in the file alone, not those that bear the very name of one",
    )
    .option("--no-context", "leave the contexts of a .jsonl out")
    .option("--places <file>", "write the place of the right concept for each query, to compare runs by")
    .option("--against <file>", "compare with the --places of another run: differences with paired intervals")
    .option("--exact", "compare with every vector instead of asking the index (slow)")
    .option("--quiet", "no progress")
    .option("--json", "JSON on stdout");
  for (const add of [datasetOption, storeOption, providerOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const labelled = await readLabelledQueries(file);
  const queries = options.context === false ? labelled.map(({ query, cuis }) => ({ query, cuis })) : labelled;
  const before =
    options.against === undefined ? undefined : await readPlaces(options.against, queries.length);
  const { sab, lat, tty, sty, dataset, encoders, exact } = options;
  const filter = Object.fromEntries(
    Object.entries({ sab, lat, tty, sty }).filter(([, v]) => v !== undefined),
  );
  await using store = await openExistingStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const rankings = await rankingsOf(
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
  const record = await opened.searcher.releases.resolve(dataset);
  const { dataset: name, release } = record;
  const strict = placesIn(rankings, (i) => queries[i]!.cuis);
  const same = options.strict ? undefined : await sameNames(storedStrings(store, record));
  const accepted = same && queries.map(({ cuis }) => withSameNames(cuis, same));
  const places = accepted ? placesIn(rankings, (i) => accepted[i]!) : strict;
  const runs = { strict, ...(accepted ? { sameName: places } : {}) };
  if (options.places !== undefined) await writePlaces(options.places, runs);
  const scoresOf = (all: PlacesByMethod): Record<string, RetrievalScores> =>
    Object.fromEntries(Object.entries(all).map(([method, list]) => [method, retrievalScores(list)]));
  const scores = scoresOf(strict);
  const won = complementarityOf(strict);
  const result = {
    task: "retrieval",
    file,
    dataset: name,
    release,
    queries: queries.length,
    scores,
    ...(accepted ? { sameName: scoresOf(places) } : {}),
    won,
    ...(before ? { against: differences(runs, before) } : {}),
  };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : retrievalText(result));
}

/** For two encoders, what each answers first of what the other does not. */
function complementarityOf(places: PlacesByMethod): Record<string, number> {
  const [a, b, ...others] = Object.keys(places).filter(
    (method) => method !== "merged" && method !== "oracle",
  );
  if (a === undefined || b === undefined || others.length > 0) return {};
  return { [a]: wonShare(places[a]!, places[b]!), [b]: wonShare(places[b]!, places[a]!) };
}

interface Shown {
  dataset: string;
  release: string;
  queries: number;
  scores: Readonly<Record<string, RetrievalScores>>;
  sameName?: Readonly<Record<string, RetrievalScores>>;
  won: Readonly<Record<string, number>>;
  against?: Readonly<Record<string, Readonly<Record<string, Estimate>>>>;
}

function retrievalText({ dataset, release, queries, scores, sameName, won, against = {} }: Shown): string {
  const rows = Object.entries(scores).map(([method, { acc1, acc5, acc10, mrr }]) => [
    method,
    acc1.value.toFixed(3),
    intervalText(acc1),
    ...(sameName ? [sameName[method]!.acc1.value.toFixed(3), intervalText(sameName[method]!.acc1)] : []),
    acc5.value.toFixed(3),
    acc10.value.toFixed(3),
    mrr.value.toFixed(3),
  ]);
  const lines = Object.entries(won).map(
    ([id, share]) => `${id} answers ${(100 * share).toFixed(1)} % of what the other does not\n`,
  );
  const compared = Object.entries(against).flatMap(([counted, methods]) =>
    Object.entries(methods).map(
      ([method, difference]) =>
        `${method}, ${counted === "strict" ? "strict" : "same name"}: Acc@1 ${signed(difference.value)} against the other run, 95 % ${signed(difference.low)} to ${signed(difference.high)}\n`,
    ),
  );
  const header = [
    "method",
    "Acc@1",
    "95 %",
    ...(sameName ? ["same name", "95 %"] : []),
    "Hits@5",
    "Hits@10",
    "MRR",
  ];
  const table = tableText([header, ...rows]);
  return `${queries} queries against ${dataset} ${release}\n${table}${lines.join("")}${compared.join("")}`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}
