import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EncoderFolder } from "../encoder/encoder-manifest.ts";
import { type CalibrationMethod, fitCalibrators } from "../evaluation/calibration/fit-calibrator.ts";
import { gradeQuantiles } from "../evaluation/calibration/grade-quantiles.ts";
import type { GradedCosine } from "../evaluation/calibration/isotonic-fit.ts";
import { gradedPairs } from "../evaluation/datasets/graded-pairs.ts";
import { seededRandom } from "../evaluation/metrics/seeded-random.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import type { ReleaseRecord } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";

const NEIGHBOURS = 10;
const MIN_PAIRS = 20;

/** What `encoder.json` keeps of a calibration: `retrieval/rank/calibrator.ts` reads it. */
export interface FittedCalibrator {
  /** How a cosine becomes a grade, on how many pairs of what. */
  method: string;
  points: [number, number][];
  spread: ReturnType<typeof gradeQuantiles>;
  compared: ReturnType<typeof fitCalibrators>;
}

/** Graded pairs of an encoder's vectors of a release. Errors: `incompatible` where the release has none of the encoder. */
export async function pairsOfRelease(
  store: VectorStore,
  release: ReleaseRecord,
  encoder: EncoderFolder,
  { queries, seed }: { queries: number; seed: number },
): Promise<{ pairs: GradedCosine[]; origin: string }> {
  const retriever = release.encoders.find((e) => e.hash === encoder.hash);
  const origin = `${release.dataset} ${release.release}`;
  if (!retriever)
    throw new TermduetError(
      "incompatible",
      `${origin} was not encoded with ${encoder.manifest.id} (${encoder.hash}); ingest it with that encoder first`,
    );
  const pairs = await gradedPairs({
    store,
    release,
    collection: retriever.collection,
    queries,
    neighbours: NEIGHBOURS,
    random: seededRandom(seed),
  });
  return { pairs, origin };
}

/** Fits the methods and takes the one asked for. Errors: `bad-input` for too few pairs. */
export function calibratorOf(
  pairs: readonly GradedCosine[],
  origin: string,
  { seed, method }: { seed: number; method: CalibrationMethod | "best" },
): { calibrator: FittedCalibrator; chosen: CalibrationMethod } {
  if (pairs.length < MIN_PAIRS || new Set(pairs.map(({ cosine }) => cosine)).size < 2)
    throw new TermduetError(
      "bad-input",
      `${pairs.length} pairs of ${origin} are too few for a calibration: at least ${MIN_PAIRS} are needed`,
    );
  const fits = fitCalibrators(pairs, { seed });
  const chosen = method === "best" ? fits[0]! : fits.find((fit) => fit.method === method)!;
  const calibrator = {
    method: `${chosen.method} on ${pairs.length} graded pairs of ${origin}`,
    points: chosen.points,
    spread: gradeQuantiles(pairs),
    compared: fits,
  };
  return { calibrator, chosen: chosen.method };
}

/** The file appears whole or stays as it was; nothing that vectors depend on is touched. */
export function writeCalibrator({ folder }: EncoderFolder, calibrator: unknown): void {
  const path = join(folder, "encoder.json");
  const manifest = { ...JSON.parse(readFileSync(path, "utf8")), calibrator };
  writeFileSync(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
