import { type AlignedEntry, mayBeTaken, meanGradeOf } from "./aligned-entry.ts";

/** One model's alignment of an entry: the concept and the rating, 0 to 5. */
export interface RatedAlignment {
  concept: string;
  rating: number;
}

/** An alignment that the merge took up: of which entry, from which model. */
export interface MergedAlignment extends RatedAlignment {
  entry: number;
  model: number;
}

/**
 * The complementarity merge of the paper (§1) over whole sets of alignments: all that one model rates 5, then those
 * that the other rates 5 and that are not included yet, then 4, and so down to 0. An entry is included once, so that
 * its alignment is the best rated one, and where two are rated alike, the one of the model that comes first.
 *
 * `models[m][entry]` is model m's alignment, undefined where it found nothing. `order` says which model comes first:
 * the paper leaves that open, and with a constant order this is the paper's merge. The result stands in the order in
 * which alignments were taken up.
 */
export function mergeAlignments(
  models: readonly (readonly (RatedAlignment | undefined)[])[],
  order: (entry: number) => readonly number[] = () => models.map((_, m) => m),
): MergedAlignment[] {
  const entries = Math.max(0, ...models.map((alignments) => alignments.length));
  const orders = Array.from({ length: entries }, (_, entry) => order(entry));
  const included = new Uint8Array(entries);
  const merged: MergedAlignment[] = [];
  for (let rating = 5; rating >= 0; rating--) {
    for (let place = 0; place < models.length; place++) {
      for (let entry = 0; entry < entries; entry++) {
        if (included[entry]) continue;
        const model = orders[entry]![place]!;
        const alignment = models[model]![entry];
        if (alignment?.rating !== rating) continue;
        included[entry] = 1;
        merged.push({ entry, model, concept: alignment.concept, rating });
      }
    }
  }
  return merged;
}

/** How many alignments have each rating: a row of the paper's Table 4. Index 0 to 5. */
export function ratingCounts(alignments: Iterable<{ rating: number } | undefined>): number[] {
  const counts = [0, 0, 0, 0, 0, 0];
  for (const alignment of alignments) if (alignment) counts[alignment.rating]!++;
  return counts;
}

/**
 * The merge of the encoders' best concepts over a whole lexicon, for each entry its `complementary` pair, which is also
 * its `merged` one until another is chosen. Of encoders that rate alike the leading one comes first, as in the paper, or,
 * by evidence, the one whose choice all of them together grade higher.
 */
export function mergeByRatings(
  entries: readonly AlignedEntry[],
  encoders: number,
  ties: "leading" | "by evidence",
): void {
  const models = Array.from({ length: encoders }, (_, m) =>
    entries.map(({ best }) => best[m] && { concept: best[m].cui, rating: best[m].sightings[m]!.rating }),
  );
  const order = ties === "leading" ? undefined : (entry: number) => byEvidence(entries[entry]!);
  for (const { entry, model, rating } of mergeAlignments(models, order)) {
    const concept = entries[entry]!.best[model]!;
    const { string, grade } = concept.sightings[model]!;
    const pair = {
      concept,
      rating,
      source: model,
      string,
      confidence: grade / 5,
      accepted: mayBeTaken(concept),
    };
    Object.assign(entries[entry]!, { complementary: pair, merged: pair });
  }
}

function byEvidence({ best }: AlignedEntry): number[] {
  const grade = best.map((concept) => (concept ? meanGradeOf(concept) : 0));
  return best.map((_, m) => m).sort((a, b) => grade[b]! - grade[a]! || a - b);
}
