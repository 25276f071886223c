import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../support/run-cli.ts";
import { tinyEncoder } from "../../support/tiny-encoders.ts";
import { hashOfRelease } from "./contents.ts";
import { writeTable } from "./tables.ts";

/** A folder in memory where there is one: drills copy and sync much, and the file system under them is their own. */
export function memoryFolder(): Disposable & { path: string } {
  const root = process.platform === "linux" ? "/dev/shm" : tmpdir();
  const path = mkdtempSync(join(root, "termduet-drill-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Prepared {
  encoder: string;
  tables: string;
  /** Hashes of what unbroken ingests of the three releases give. */
  expected: ReadonlyMap<string, string>;
  ingest: (release: string, store: string, ...more: string[]) => string[];
}

/** An encoder, tables of three releases, and what they come to. */
export async function prepared(folder: string, terms = 600): Promise<Prepared> {
  const { folder: encoder } = await tinyEncoder("tiny-bert", join(folder, "encoder"));
  for (const release of ["1", "2", "3"]) writeTable(folder, release, terms);
  const ingest = (release: string, store: string, ...more: string[]): string[] => [
    ...["ingest", join(folder, `terms-${release}.tsv`), "--release", release, "--dataset", "d"],
    ...[
      "--encoder",
      encoder,
      "--block-size",
      "200",
      "--workers",
      "1",
      "--store",
      `lancedb:${store}`,
      ...more,
    ],
  ];
  const expected = new Map<string, string>();
  const store = join(folder, "unbroken");
  for (const release of ["1", "2", "3"]) {
    const { code, stderr } = await runCli(ingest(release, store));
    if (code !== 0) throw new Error(stderr);
    expected.set(release, await hashOfRelease(store, "d", release));
  }
  return { encoder, tables: folder, expected, ingest };
}
