import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run-document.ts";

export const RESULTS: string = join(ROOT, "benchmarks", "results");

/** A recorded run as a table; scripts that write JSON of their own are read by the functions below. */
interface Recorded {
  title: string;
  command: string;
  date: string;
  machine?: string;
  note?: string;
  columns: string[];
  rows: string[][];
}

interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** The blocks of figures that a document may hold, between `<!-- figures: NAME -->` and `<!-- end of figures -->`. */
const FIGURES: Record<string, () => string> = {
  "sample-accuracy": sampleAccuracy,
  "sample-alignment": sampleAlignment,
  accuracy,
  "stand-in-accuracy": () => accuracyRun("stand-in-accuracy.json"),
  "encoder-speed-short": () => {
    const recorded = read<Recorded>("encoder-speed.json");
    const [name, speed, cosine] = [0, 1, 2];
    const short = /termduet INT8|OpenVINO|dynamic INT8|PyTorch float32$|fastembed/;
    const rows = recorded.rows.filter((row) => short.test(row[name]!));
    return table(
      [name, speed, cosine].map((i) => recorded.columns[i]!),
      rows.map((row) => [name, speed, cosine].map((i) => row[i]!)),
    );
  },
  "encoder-speed": () => recordedTable("encoder-speed.json"),
  "encoder-speed-epyc": () => recordedTable("encoder-speed-epyc.json"),
  "earlier-accuracy": () => recordedTable("earlier-accuracy.json"),
  "engine-side-by-side": () => recordedTable("engine-side-by-side.json"),
  trace: () => recordedTable("trace.json"),
  "earlier-speed": () => recordedTable("earlier-speed.json"),
  "earlier-alignment": () => recordedTable("earlier-alignment.json"),
};

const BLOCK = /(<!-- figures: (\S+) -->\n)[\s\S]*?(<!-- end of figures -->)/g;

/** A document with its figures as the recorded runs have them. */
export function withFigures(markdown: string): string {
  return markdown.replace(BLOCK, (_, begin: string, name: string, end: string) => {
    const make = FIGURES[name];
    if (!make) throw new Error(`there are no figures ${name}`);
    return `${begin}\n${make()}\n${end}`;
  });
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(RESULTS, name), "utf8"));
}

function recordedTable(name: string): string {
  const { title, command, date, machine, note, columns, rows } = read<Recorded>(name);
  const about = [`\`${command}\``, date, machine, note].filter(Boolean).join(" · ");
  return `**${title}.** ${about}\n\n${table(columns, rows)}`;
}

function sampleAccuracy(): string {
  const { queries, scores } = read<{
    queries: number;
    scores: Record<string, Record<"acc1" | "acc10" | "mrr", Estimate>>;
  }>("sample-retrieval.json");
  const rows = Object.entries(scores).map(([method, s]) => [
    method,
    `${s.acc1.value.toFixed(3)} (${range(s.acc1)})`,
    s.acc10.value.toFixed(3),
    s.mrr.value.toFixed(3),
  ]);
  return table([`${queries} queries of the sample`, "Acc@1 (95 %)", "Acc@10", "MRR"], rows);
}

function sampleAlignment(): string {
  const { scores } = read<{
    scores: Record<
      string,
      { right: number; judged: number; wanted: number } & Record<"precision" | "recall" | "f1", Estimate>
    >;
  }>("sample-alignment.json");
  const all = scores["all mappings"]!;
  const cell = (e: Estimate): string => `${e.value.toFixed(3)} (${range(e)})`;
  return table(
    ["right / accepted / wanted", "precision (95 %)", "recall", "F1"],
    [[`${all.right} / ${all.judged} / ${all.wanted}`, cell(all.precision), cell(all.recall), cell(all.f1)]],
  );
}

/** The newest run of bench:accuracy where it has been recorded, else the earlier one with what is said of it. */
function accuracy(): string {
  const isRecorded = existsSync(join(RESULTS, "accuracy.json"));
  return isRecorded ? accuracyRun("accuracy.json") : recordedTable("earlier-accuracy.json");
}

/** What bench:accuracy wrote. */
function accuracyRun(name: string): string {
  const { release, at, results } = read<{
    release: string;
    at: string;
    results: { set: string; n?: number; method?: string; acc1?: Estimate; acc10?: Estimate }[];
  }>(name);
  const rows = results.flatMap(({ set, n, method, acc1, acc10 }) =>
    acc1 && acc10 && method !== undefined
      ? [[set, String(n), method, `${acc1.value.toFixed(3)} (${range(acc1)})`, acc10.value.toFixed(3)]]
      : [],
  );
  const about = `**Accuracy over ${release}.** \`npm run bench:accuracy\` · ${at.slice(0, 10)}`;
  return `${about}\n\n${table(["queries", "n", "method", "Acc@1 (95 %)", "Acc@10"], rows)}`;
}

function range({ low, high }: Estimate): string {
  return `${low.toFixed(3)}–${high.toFixed(3)}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line), ""].join("\n");
}
