import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES } from "../../support/tiny-encoders.ts";

interface Report {
  [label: string]: { precision: number; recall: number; "f1-score": number; support: number };
}

/** What scipy and scikit-learn give; written by `tests/fixtures/make_evaluation.py`. */
export const reference: {
  correlations: { a: number[]; b: number[]; pearson: [number, number]; spearman: [number, number] }[];
  classification: {
    truth: number[];
    answers: number[];
    report: Report & { accuracy: number };
    never: Report;
    kappa: Record<"none" | "linear" | "quadratic", number>;
  };
  averagePrecision: { right: number[]; scores: number[]; ap: number }[];
  regressions: Record<"x" | "y" | "at" | "linear" | "cubic" | "svr" | "tree" | "forest", number[]>;
  bootstrap: { values: number[]; mean: number; low: number; high: number };
  paper: { r: number; p: number }[];
} = JSON.parse(readFileSync(join(FIXTURES, "evaluation.json"), "utf8"));
