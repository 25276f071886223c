import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gradedPairs, gradeOf } from "../../src/evaluation/datasets/graded-pairs.ts";
import { Calibrator } from "../../src/retrieval/rank/calibrator.ts";
import type { ConceptRecord } from "../../src/terminology/concept.ts";
import { seeded } from "../support/random-vectors.ts";
import { runCli } from "../support/run-cli.ts";
import { type SampleStore, sampleStore } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("graded pairs of the sample release", () => {
  const folder = temporaryFolder();
  let sample: SampleStore;
  beforeAll(async () => {
    sample = await sampleStore(folder.path);
  });
  afterAll(async () => {
    await sample[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const concept = async (cui: string): Promise<ConceptRecord> => {
    const release = await sample.searcher.releases.resolve(undefined);
    const [stored] = await sample.store.find(release.concepts, "id", [cui], 1);
    return JSON.parse(stored!.body);
  };

  test("grade the same concept 5, a parent 3, a sibling 2, the same semantic type 1, else 0", async () => {
    const infarction = await concept("C0027051");
    const parents = infarction.relations.filter((r) => r.rel === "PAR").map((r) => r.cui);
    expect(gradeOf(infarction, infarction)).toBe(5);
    const parent = await concept(parents[0]!);
    expect([gradeOf(infarction, parent), gradeOf(parent, infarction)]).toEqual([3, 3]);
    const siblings = parent.relations.filter(
      (r) => r.rel === "CHD" && r.cui !== "C0027051" && !parents.includes(r.cui),
    );
    const sibling = await concept(
      siblings.map((r) => r.cui).find((cui) => !infarction.relations.some((r) => r.cui === cui))!,
    );
    expect(gradeOf(infarction, sibling)).toBe(2);
    expect(gradeOf(infarction, await concept("C0004096"))).toBe(1); // asthma: a disease too
    expect(gradeOf(infarction, { ...infarction, cui: "C0", relations: [], semanticTypes: [] })).toBe(0);
  });

  test("hold neighbours of all grades with their exact cosines, the same for the same seed", async () => {
    const release = await sample.searcher.releases.resolve(undefined);
    const { collection } = release.encoders[0]!;
    const draw = () =>
      gradedPairs({
        store: sample.store,
        release,
        collection,
        queries: 60,
        neighbours: 5,
        random: seeded(3),
      });
    const pairs = await draw();
    expect(await draw()).toEqual(pairs);
    expect(pairs.length).toBeGreaterThan(300);
    expect(new Set(pairs.map((p) => p.grade)).size).toBeGreaterThanOrEqual(4);
  });

  test("refit all encoders of a release and the matcher by one command, which says what it was made of", async () => {
    const installed = join(folder.path, "installed");
    for (const name of ["a", "b"])
      cpSync(join(folder.path, name), join(installed, name), { recursive: true });
    const args = ["refit", "--store", sample.store.url, "--encoders-folder", installed, "--queries", "40"];
    const written = (): unknown[] =>
      ["a", "b"].map((name) => {
        const manifest = JSON.parse(readFileSync(join(installed, name, "encoder.json"), "utf8"));
        return manifest.calibrator?.method;
      });
    const dry = await runCli([...args, "--no-matcher", "--dry-run"]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("nothing was changed")]);
    expect(written()).toEqual([undefined, undefined]);
    const { code, stdout, stderr } = await runCli([...args, "--entries", "100", "--json", "--quiet"]);
    expect([code, stderr]).toEqual([0, ""]);
    const refit = JSON.parse(stdout);
    expect(refit).toMatchObject({ dataset: "sample", release: "1", queries: 40, seed: 1 });
    expect(refit.calibrators.map(({ encoder }: { encoder: string }) => encoder)).toEqual([
      "tiny-bert",
      "tiny-xlmr",
    ]);
    expect(written()).toEqual(refit.calibrators.map(({ method }: { method: string }) => method));
    const metadata = await sample.store.metadata();
    expect(metadata["refit/sample"]).toEqual(refit);
    expect(metadata["matcher/sample"]).toMatchObject({
      origin: refit.matcher.origin,
      f1: refit.matcher.after,
    });
    // Again: the same data, the same method, the same calibrators.
    const again = JSON.parse((await runCli([...args, "--no-matcher", "--json"])).stdout);
    const essence = ({ encoder, method, error }: { encoder: string; method: string; error: number }) => [
      encoder,
      method,
      error,
    ];
    expect(again.calibrators.map(essence)).toEqual(refit.calibrators.map(essence));
  });

  test("calibrate an encoder by one command, and change nothing that its vectors depend on", async () => {
    const release = await sample.searcher.releases.resolve(undefined);
    const encoder = join(folder.path, "copy");
    cpSync(join(folder.path, "a"), encoder, { recursive: true });
    const args = ["calibrate", encoder, "--store", sample.store.url, "--queries", "50"];
    expect(await runCli([...args, "--dry-run", "--json"])).toMatchObject({ code: 0 });
    expect(readFileSync(join(encoder, "encoder.json"), "utf8")).not.toContain("calibrator");
    const { code, stdout } = await runCli(args);
    expect(code).toBe(0);
    expect(stdout).toContain("graded pairs of sample 1");
    expect(stdout).toMatch(/→ +(isotonic|forest|svr|cubic|linear|min-max) /);
    const { calibrator, checksums } = JSON.parse(readFileSync(join(encoder, "encoder.json"), "utf8"));
    expect(calibrator.points.length).toBeGreaterThan(1);
    expect(calibrator.compared).toHaveLength(6);
    expect(calibrator.points).toEqual(calibrator.compared[0].points);
    expect(calibrator.spread.map(({ grade }: { grade: number }) => grade)).toContain(5);
    expect(new Calibrator({ id: "e", calibrator }).grade(1)).toBeGreaterThan(2);
    expect(checksums).toEqual(
      JSON.parse(readFileSync(join(folder.path, "a", "encoder.json"), "utf8")).checksums,
    );
    expect(release.encoders[0]!.id).toBe("tiny-bert");
    const other = await runCli([
      "calibrate",
      "termduet-a",
      "--store",
      sample.store.url,
      "--encoders-folder",
      join(folder.path),
    ]);
    expect(other.code).toBe(1);
  });

  test("calibrate an encoder on labels of one's own, without a release", async () => {
    const encoder = join(folder.path, "own");
    cpSync(join(folder.path, "b"), encoder, { recursive: true });
    const rows = Array.from({ length: 30 }, (_, i) => `word ${i}\tword ${i % 3 ? i : i + 1} more\t${i % 6}`);
    writeFileSync(join(folder.path, "labels.tsv"), `source\ttarget\tmark\n${rows.join("\n")}\n`);
    const labels = ["--labels", join(folder.path, "labels.tsv")];
    const made = await runCli(["calibrate", encoder, ...labels, "--method", "linear"]);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("linear on 30 graded pairs of labels.tsv"),
    });
    writeFileSync(join(folder.path, "labels.tsv"), `source\ttarget\tmark\n${rows.slice(0, 5).join("\n")}\n`);
    const few = await runCli(["calibrate", encoder, ...labels]);
    expect(few).toMatchObject({ code: 1, stderr: expect.stringContaining("too few") });
  });
});
