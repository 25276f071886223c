import { Command } from "commander";
import { DEFAULT_MATCHER } from "../../alignment/matching/default-matcher.ts";
import { type MatcherModel, matcherKey } from "../../alignment/matching/matcher.ts";
import { trainMatcher } from "../../alignment/matching/train-matcher.ts";
import type { EncoderFolder } from "../../encoder/encoder-manifest.ts";
import type { Provider } from "../../encoder/providers.ts";
import { CALIBRATION_METHODS, type CalibrationMethod } from "../../evaluation/calibration/fit-calibrator.ts";
import { Calibrator } from "../../retrieval/rank/calibrator.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import { calibratorOf, type FittedCalibrator, pairsOfRelease, writeCalibrator } from "../calibrations.ts";
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
import { whole } from "../settings.ts";
import { tableText } from "../table-text.ts";

interface Options {
  dataset?: string;
  store: string;
  encodersFolder: string;
  provider: Provider;
  queries: number;
  seed: number;
  entries: number;
  precision: number;
  matcher: boolean;
  dryRun?: boolean;
  quiet?: boolean;
  json?: boolean;
}

/** What was fitted, on what: kept in the store as `refit/DATASET`. */
interface Refit {
  at: string;
  dataset: string;
  release: string;
  /** Of the source and the filters: what the names were. */
  fingerprint: string;
  queries: number;
  seed: number;
  calibrators: { encoder: string; hash: string; method: string; error: number; before: string | null }[];
  matcher?: { entries: number; origin: string; before: MatcherModel["f1"]; after: MatcherModel["f1"] };
}

export function refitCommand(): Command {
  const command = new Command("refit")
    .description(
      "fit all that rests on cosines anew, from the active release's own names: each encoder's calibrator, and the matcher with its thresholds",
    )
    .option("--queries <n>", "strings of the release to ask", whole("--queries", 10, 100_000), 2000)
    .option("--seed <n>", "of the sample", whole("--seed", 0, 2 ** 31), 1)
    .option("--no-matcher", "leave the matcher as it is")
    .option("--dry-run", "say what would change, and change nothing")
    .option("--quiet", "no progress")
    .option("--json", "what was fitted, as JSON on stdout");
  for (const add of [matcherFitOptions, datasetOption, storeOption, providerOption, encodersFolderOption])
    add(command);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  await using store = await openExistingStore(options.store);
  await using opened = openSearcher(store, catalogueOf(options), options.provider);
  const release = await opened.searcher.releases.resolve(options.dataset);
  const loaded = await opened.searcher.retrievers(release);
  const encoders = loaded.map(({ encoder }) => encoder.folder);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const fitted: { encoder: EncoderFolder; calibrator: FittedCalibrator; error: number }[] = [];
  try {
    for (const [done, encoder] of encoders.entries()) {
      progress.onProgress({ stage: "calibrate", done, total: encoders.length, unit: "encoders" });
      const { pairs, origin } = await pairsOfRelease(store, release, encoder, options);
      const { calibrator, chosen } = calibratorOf(pairs, origin, {
        seed: options.seed,
        method: methodOf(encoder),
      });
      const error = calibrator.compared.find(({ method }) => method === chosen)!.rmse;
      fitted.push({ encoder, calibrator, error });
    }
    // The matcher sees the ratings as they will be.
    const retrievers = loaded.map((retriever) => {
      const own = fitted.find(({ encoder }) => encoder.hash === retriever.encoder.folder.hash)!;
      const manifest = { ...own.encoder.manifest, calibrator: own.calibrator };
      return { ...retriever, calibrator: new Calibrator(manifest) };
    });
    const matcher = options.matcher
      ? await trainMatcher(store, release, retrievers, {
          entries: options.entries,
          precision: options.precision,
          onProgress: progress.onProgress,
        })
      : undefined;
    const key = matcherKey(release.dataset);
    const before = ((await store.metadata())[key] as MatcherModel | undefined) ?? DEFAULT_MATCHER;
    const refit: Refit = {
      at: new Date().toISOString(),
      dataset: release.dataset,
      release: release.release,
      fingerprint: release.fingerprint,
      queries: options.queries,
      seed: options.seed,
      calibrators: fitted.map(({ encoder: { manifest, hash }, calibrator, error }) => {
        return { encoder: manifest.id, hash, method: calibrator.method, error, before: methodText(manifest) };
      }),
      ...(matcher
        ? {
            matcher: {
              entries: options.entries,
              origin: matcher.origin,
              before: before.f1,
              after: matcher.f1,
            },
          }
        : {}),
    };
    // All is fitted before anything is written: a failure leaves all as it was.
    if (!options.dryRun) {
      for (const { encoder, calibrator } of fitted) writeCalibrator(encoder, calibrator);
      if (matcher) await store.putMetadata(key, matcher);
      await store.putMetadata(`refit/${release.dataset}`, refit);
    }
    progress.end();
    process.stdout.write(
      options.json ? `${JSON.stringify(refit)}\n` : refitText(refit, options.dryRun ?? false),
    );
  } catch (error) {
    progress.end();
    throw error;
  }
}

/** The method that the encoder's calibrator was chosen with; the best where it has none yet. */
function methodOf({ manifest }: EncoderFolder): CalibrationMethod | "best" {
  const name = methodText(manifest)?.split(" ")[0];
  return CALIBRATION_METHODS.find((method) => method === name) ?? "best";
}

function methodText({ calibrator }: EncoderFolder["manifest"]): string | null {
  const method = (calibrator as { method?: unknown } | undefined)?.method;
  return typeof method === "string" ? method : null;
}

function refitText({ dataset, release, calibrators, matcher }: Refit, isDry: boolean): string {
  const rows = calibrators.map(({ encoder, hash, method, error, before }) => [
    encoder,
    hash,
    method,
    error.toFixed(4),
    before ?? "none",
  ]);
  const point = ({ precision, recall, threshold }: MatcherModel["f1"]): string =>
    `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} from probability ${threshold.toFixed(3)}`;
  const of = matcher ? `matcher: ${point(matcher.after)} (before: ${point(matcher.before)})\n` : "";
  const kept = isDry ? "nothing was changed\n" : "kept in the encoders' encoder.json and in the store\n";
  const table = tableText([["encoder", "hash", "calibrator", "error (RMSE)", "before"], ...rows]);
  return `${dataset} ${release}\n${table}${of}${kept}`;
}
