import { basename } from "node:path";
import { Command } from "commander";
import type { EncoderFolder } from "../../encoder/encoder-manifest.ts";
import {
  CALIBRATION_METHODS,
  type CalibrationMethod,
  type fitCalibrators,
} from "../../evaluation/calibration/fit-calibrator.ts";
import type { GradedCosine } from "../../evaluation/calibration/isotonic-fit.ts";
import { readSimilarityPairs } from "../../evaluation/datasets/similarity-pairs.ts";
import { ActiveReleaseLookup } from "../../retrieval/request/active-release.ts";
import { openExistingStore } from "../../vector-store/open-store.ts";
import { calibratorOf, pairsOfRelease, writeCalibrator } from "../calibrations.ts";
import { catalogueOf, datasetOption, encodersFolderOption, storeOption } from "../common-options.ts";
import { encodedTexts } from "../encoded-texts.ts";
import { setting, whole } from "../settings.ts";
import { tableText } from "../table-text.ts";

interface Options {
  dataset?: string;
  store: string;
  encodersFolder: string;
  queries: number;
  seed: number;
  method: CalibrationMethod | "best";
  labels?: string;
  dryRun?: boolean;
  json?: boolean;
}

export function calibrateCommand(): Command {
  const command = new Command("calibrate")
    .argument("<encoder>", "id or folder of an encoder that the active release was encoded with")
    .addOption(
      setting(
        "--method <name>",
        "how a cosine becomes a grade; best: the one with the smallest cross-validated error",
      )
        .choices(["best", ...CALIBRATION_METHODS])
        .default("best"),
    )
    .option(
      "--labels <file>",
      "your own pairs with marks from 0 to 5 (source, target, mark) instead of the release's",
    )
    .option("--queries <n>", "strings of the release to ask", whole("--queries", 10, 100_000), 2000)
    .option("--seed <n>", "of the sample", whole("--seed", 0, 2 ** 31), 1)
    .option("--dry-run", "compare the methods, and leave the encoder as it is")
    .option("--json", "the comparison as JSON on stdout");
  for (const add of [datasetOption, storeOption, encodersFolderOption]) add(command);
  return command.action(run);
}

async function run(idOrPath: string, options: Options): Promise<void> {
  const encoder = catalogueOf(options).find(idOrPath);
  const { pairs, origin } =
    options.labels === undefined
      ? await graded(encoder, options)
      : await pairsOfLabels(encoder, options.labels);
  const { calibrator, chosen } = calibratorOf(pairs, origin, options);
  if (!options.dryRun) writeCalibrator(encoder, calibrator);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ encoder: encoder.manifest.id, ...calibrator })}\n`
      : comparisonText(encoder.manifest.id, calibrator, chosen),
  );
}

async function graded(encoder: EncoderFolder, options: Options): ReturnType<typeof pairsOfRelease> {
  await using store = await openExistingStore(options.store);
  const release = await new ActiveReleaseLookup(store).resolve(options.dataset);
  return await pairsOfRelease(store, release, encoder, options);
}

async function pairsOfLabels(
  encoder: EncoderFolder,
  path: string,
): Promise<{ pairs: GradedCosine[]; origin: string }> {
  const labelled = await readSimilarityPairs(path);
  const encoded = await encodedTexts(
    encoder,
    labelled.flatMap(({ source, target }) => [source, target]),
    "cpu",
  );
  const pairs = labelled.map(({ source, target, mark }) => ({
    cosine: encoded.cosine(source, target),
    grade: mark,
  }));
  return { pairs, origin: basename(path) };
}

function comparisonText(
  id: string,
  {
    method,
    points,
    compared,
  }: { method: string; points: [number, number][]; compared: ReturnType<typeof fitCalibrators> },
  chosen: CalibrationMethod,
): string {
  const rows = compared.map((fit) => [
    fit.method === chosen ? "→" : "",
    fit.method,
    fit.rmse.toFixed(4),
    fit.edrm.toFixed(4),
    fit.spearman.toFixed(4),
    `${(100 * fit.sameRating).toFixed(1)} %`,
  ]);
  const header = ["", "method", "error (RMSE)", "EDRM", "Spearman", "same rating"];
  const curve = points.map(([cosine, grade]) => `  ${cosine.toFixed(3)} → ${grade.toFixed(2)}\n`).join("");
  return `${id}: ${method}\n${tableText([header, ...rows])}(cross-validated in five folds)\n${curve}`;
}
