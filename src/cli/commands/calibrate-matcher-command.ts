import { renameSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { type MatcherModel, matcherKey } from "../../alignment/matching/matcher.ts";
import { trainMatcher } from "../../alignment/matching/train-matcher.ts";
import type { Provider } from "../../encoder/providers.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import {
  catalogueOf,
  datasetOption,
  encodersFolderOption,
  matcherFitOptions,
  providerOption,
  storeOption,
} from "../common-options.ts";
import { openSearcher } from "../open-searcher.ts";
import { progressLine } from "../progress-line.ts";
import { list } from "../settings.ts";
import { tableText } from "../table-text.ts";

interface Options {
  dataset?: string;
  store: string;
  encodersFolder: string;
  provider: Provider;
  entries: number;
  precision: number;
  without?: string[];
  out?: string;
  quiet?: boolean;
  json?: boolean;
}

export function calibrateMatcherCommand(): Command {
  const command = new Command("calibrate-matcher")
    .description("fit the strong mode of align on pairs that the active release itself gives")
    .option("--without <list>", "sources that are not looked at", list)
    .option("--out <file>", "write the matcher there, for `align --matcher` (default: into the store)")
    .option("--quiet", "no progress")
    .option("--json", "the matcher as JSON on stdout");
  for (const add of [matcherFitOptions, datasetOption, storeOption, providerOption, encodersFolderOption])
    add(command);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  await using store = await openExistingStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const release = await opened.searcher.releases.resolve(options.dataset);
  const retrievers = await opened.searcher.retrievers(release);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  try {
    const model = await trainMatcher(store, release, retrievers, {
      entries: options.entries,
      precision: options.precision,
      ...(options.without ? { without: options.without } : {}),
      onProgress: progress.onProgress,
    });
    if (options.out === undefined) await store.putMetadata(matcherKey(release.dataset), model);
    else writeWhole(options.out, `${JSON.stringify(model, null, 2)}\n`);
    progress.end();
    process.stdout.write(options.json ? `${JSON.stringify(model)}\n` : modelText(model));
  } catch (error) {
    progress.end();
    throw error;
  }
}

function writeWhole(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function modelText({ origin, features, weights, f1, precision }: MatcherModel): string {
  const rows = features.map((name, i) => [name, weights[i]!.toFixed(3)]);
  const point = (name: string, at: MatcherModel["f1"]): string =>
    `${name}: precision ${at.precision.toFixed(3)}, recall ${at.recall.toFixed(3)} (cross-validated, from probability ${at.threshold.toFixed(3)})\n`;
  return `${origin}\n${tableText([["feature", "weight"], ...rows])}${point("f1", f1)}${point("precision", precision)}`;
}
