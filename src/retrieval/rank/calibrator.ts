import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";

const schema = z.object({
  /** How the points were fitted, for people. */
  method: z.string(),
  /** Rising cosines and the grade, 0 to 5, that pairs of such a cosine have on average; linear in between. */
  points: z
    .array(z.tuple([z.number().min(-1).max(1.0001), z.number().min(0).max(5)]))
    .min(2)
    .refine(
      (points) => points.every(([cosine], i) => i === 0 || cosine > points[i - 1]![0]),
      "cosines must rise",
    ),
});

/**
 * From an encoder's cosine to the paper's six-point scale. Encoders differ in what a cosine means (one gives 0.9 to
 * nonsense, paper Table 5), so each brings its own points, fitted on graded pairs of a release.
 */
export class Calibrator {
  readonly #points: readonly (readonly [number, number])[];

  /** `calibrator` of `encoder.json`; without one, cosines from 0.3 to 1 are spread over the scale. */
  constructor(manifest: { id: string; calibrator?: unknown }) {
    if (manifest.calibrator === undefined) {
      this.#points = [
        [0.3, 0],
        [1, 5],
      ];
      return;
    }
    const parsed = schema.safeParse(manifest.calibrator);
    if (!parsed.success) {
      throw new TermduetError(
        "bad-input",
        `encoder ${manifest.id}: its calibrator is wrong: ${parsed.error.issues[0]!.message}`,
      );
    }
    this.#points = parsed.data.points;
  }

  /** The grade as a real number from 0 to 5. It never falls when the cosine rises. */
  grade(cosine: number): number {
    const points = this.#points;
    const first = points[0]!;
    if (cosine <= first[0]) return first[1];
    for (let i = 1; i < points.length; i++) {
      const [x1, y1] = points[i]!;
      if (cosine > x1) continue;
      const [x0, y0] = points[i - 1]!;
      return y0 + ((y1 - y0) * (cosine - x0)) / (x1 - x0);
    }
    return points.at(-1)![1];
  }

  /** The rating: the grade rounded to a point of the scale. */
  rating(cosine: number): number {
    return Math.round(this.grade(cosine));
  }
}
