import { rmSync } from "node:fs";
import { join } from "node:path";
import { runCli } from "../../support/run-cli.ts";
import { hashOfRelease } from "./contents.ts";
import type { Prepared } from "./prepared.ts";

interface KilledOptions {
  folder: string;
  name: string;
  random: () => number;
  /** Imported in the place of an ingest. */
  archive?: string;
  /** The latest that a run is killed, in milliseconds after a quarter of a second. */
  sooner?: number;
}

/** One ingest or import that is killed, and gone on with until it ends. Gives what is wrong then, and how often it was killed. */
export async function killedRun(
  { ingest, expected }: Prepared,
  { folder, name, random, archive, sooner = 900 }: KilledOptions,
): Promise<{ faults: string[]; kills: number }> {
  const store = join(folder, name);
  const release = archive === undefined ? "2" : "1";
  const args =
    archive === undefined
      ? ingest(release, store)
      : ["releases", "import", archive, "--store", `lancedb:${store}`];
  const faults: string[] = [];
  let kills = 0;
  for (let attempt = 0; ; attempt++) {
    const more = attempt > 0 && archive === undefined ? ["--resume"] : [];
    // Sooner at first, so that most are killed in the middle; in the end it may finish.
    const killAfterMs = attempt < 3 ? 250 + random() * sooner : 120_000;
    const { code, stderr } = await runCli([...args, ...more], { killAfterMs });
    if (code === 0) break;
    if (code === null) kills++;
    else {
      faults.push(`${name}: ended with ${code}: ${stderr}`);
      break;
    }
  }
  const hash = await hashOfRelease(store, "d", release).catch((error) => String(error));
  if (hash !== expected.get(release)) faults.push(`${name}: the store is another (${hash})`);
  rmSync(store, { recursive: true, force: true });
  return { faults, kills };
}
