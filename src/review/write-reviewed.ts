import type { AlignmentSummary, RunRecord } from "../alignment/alignment-summary.ts";
import type { OutputFolder } from "../alignment/output-folder.ts";
import { writeOutputs } from "../alignment/write-outputs.ts";
import type { ConceptRecord } from "../terminology/concept.ts";
import { TermduetError } from "../terminology/termduet-error.ts";
import { type ReleaseRecord, releaseRecords } from "../vector-store/release-record.ts";
import type { VectorStore } from "../vector-store/vector-store.ts";
import { reviewAgreement } from "./agreement.ts";
import { type KnownConcepts, ratedAlignment } from "./rated-alignment.ts";
import { writeRatingsCsv } from "./ratings-csv.ts";
import type { CurrentRating } from "./ratings-database.ts";
import type { ReviewSheet } from "./review-sheet.ts";

export interface ReviewedOptions {
  minRating: number;
  license: string;
  /** Of this program. */
  version: string;
}

// A lookup of the store holds so many ids.
const CUIS_PER_LOOKUP = 500;

/**
 * Writes all files of an alignment anew with the reviewers' ratings in it, and `ratings.csv`. `summary.json` has the
 * paper's Table 4 from human ratings, and the reviewers' agreement among its parameters.
 * Errors: `not-found` where the store has no longer the release that was aligned to.
 */
export async function writeReviewed(
  folder: OutputFolder,
  sheet: ReviewSheet,
  ratings: readonly CurrentRating[],
  store: VectorStore,
  { minRating, license, version }: ReviewedOptions,
): Promise<AlignmentSummary> {
  const release = await releaseOf(sheet, store);
  const cuis = [
    ...sheet.entries.flatMap(({ merged, candidates }) => [
      ...(merged ? [merged.cui] : []),
      ...Object.values(candidates).flatMap((list) =>
        list.filter(({ rank }) => rank === 1).map(({ cui }) => cui),
      ),
    ]),
    ...ratings.map(({ cui }) => cui),
  ];
  const concepts = await knownConcepts(store, release, [...new Set(cuis)].sort());
  const alignment = ratedAlignment(sheet, ratings, release, concepts);
  const { byPair, mean } = reviewAgreement(ratings);
  writeRatingsCsv(folder.path("ratings.csv"), sheet, ratings);
  return await writeOutputs(folder, alignment, store, {
    run: {
      ...runOf(sheet, version),
      parameters: {
        ...(sheet.summary["parameters"] as object | undefined),
        minRating,
        review: { ratings: ratings.length, agreement: byPair, kappa: mean },
      },
    },
    minRating,
    license,
  });
}

async function releaseOf(
  { dataset, release, folder }: ReviewSheet,
  store: VectorStore,
): Promise<ReleaseRecord> {
  const records = await releaseRecords(store);
  const found = records.find((record) => record.dataset === dataset && record.release === release);
  if (found) return found;
  const message =
    dataset === undefined
      ? `${folder} has no summary.json that names the release; run \`termduet align\` again`
      : `${folder} was aligned to ${dataset} ${release}, which ${store.url} does not hold; name its store by --store`;
  throw new TermduetError("not-found", message);
}

async function knownConcepts(
  store: VectorStore,
  release: ReleaseRecord,
  cuis: readonly string[],
): Promise<KnownConcepts> {
  const known = new Map<string, Pick<ConceptRecord, "name" | "semanticTypes">>();
  for (let start = 0; start < cuis.length; start += CUIS_PER_LOOKUP) {
    const ids = cuis.slice(start, start + CUIS_PER_LOOKUP);
    for (const { body } of await store.find(release.concepts, "id", ids, ids.length)) {
      const { cui, name, semanticTypes } = JSON.parse(body) as ConceptRecord;
      known.set(cui, { name, semanticTypes });
    }
  }
  return known;
}

/** Of what the alignment says of its own making; what it does not say is left blank. */
function runOf({ summary }: ReviewSheet, version: string): Omit<RunRecord, "parameters"> {
  const lexicon = (summary["lexicon"] ?? {}) as Partial<RunRecord["lexicon"]>;
  const { file = "lexicon", sha256 = "", encoding = "utf-8", rejected = 0 } = lexicon;
  return {
    tool: { name: "termduet", version },
    date: new Date().toISOString().slice(0, 10),
    lexicon: { file, sha256, encoding, rejected },
  };
}
