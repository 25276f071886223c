import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkRelease } from "../../../ingest/finish/check-release.ts";
import { RatingsDatabase } from "../../../src/review/ratings-database.ts";
import { openStore } from "../../../src/vector-store/open-store.ts";
import { activeReleases, releaseRecords } from "../../../src/vector-store/release-record.ts";
import { runCli } from "../../support/run-cli.ts";
import { hashOfRelease } from "./contents.ts";

const WORKLOAD = join(import.meta.dirname, "power-workload.ts");

/** A file system in a file, as a disk of its own; nothing is written to it of its own accord for a long time. */
class Disk implements Disposable {
  readonly image: string;
  readonly path: string;

  constructor(image: string, path: string, { isNew = true } = {}) {
    this.image = image;
    this.path = path;
    mkdirSync(path, { recursive: true });
    if (isNew) {
      writeFileSync(image, "");
      truncateSync(image, 96 * 2 ** 20);
      execFileSync("mkfs.ext4", ["-q", "-F", image]);
    }
    // Mounting replays the journal, as a machine does that starts again.
    execFileSync("mount", ["-o", "loop,commit=300", image, path]);
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["-l", this.path]);
  }
}

export function canMountDisks(folder: string): boolean {
  try {
    using _ = new Disk(join(folder, "probe.img"), join(folder, "probe"));
    return true;
  } catch {
    return false;
  }
}

/** What was acknowledged before the power went, and the disk as it was then. */
export interface Cut {
  image: string;
  /** Where the disk was: work that is gone on with is of this store. */
  path: string;
  acknowledged: string[];
}

export interface DrillFolders {
  /** Where images are. */
  folder: string;
  encoder: string;
  tables: string;
}

/** So long after something was acknowledged, or after the beginning. */
export interface Moment {
  after: string;
  pauseMs: number;
}

/** What the workload acknowledges, in its order, as far as it matters when the power goes. Twice is what an ingest follows. */
const PHASES = [
  ...[
    "start",
    "start",
    "start",
    "release 1",
    "rating r30",
    "key k1",
    "key k1",
    "key k1",
    "release 2",
    "rating r50",
  ],
  ...["key k2", "active 2", "active 2", "active 2", "release 3", "rating r70", "key k3", "active 3"],
];

/** Moments of one run, spread over all that it does. */
export function someMoments(random: () => number, count: number): Moment[] {
  const chosen = PHASES.map((after, place) => ({ after, place, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .sort((a, b) => a.place - b.place);
  return chosen.map(({ after }) => ({ after, pauseMs: random() * 1_200 }));
}

/** Runs the workload and takes the disk's image at so many moments, between which the process stands still. */
export async function cutsOfOneRun(
  { folder, encoder, tables }: DrillFolders,
  name: string,
  moments: readonly Moment[],
): Promise<Cut[]> {
  using disk = new Disk(join(folder, `${name}.img`), join(folder, name));
  const child = spawn(process.execPath, [WORKLOAD, disk.path, encoder, tables]);
  let said = "";
  let errors = "";
  child.stdout.on("data", (data) => {
    said += data;
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const cuts: Cut[] = [];
  for (const [i, { after, pauseMs }] of moments.entries()) {
    const hasCome = (): boolean => after === "start" || said.includes(`ACK ${after}\n`);
    while (!hasCome() && child.exitCode === null) await sleep(5);
    await Promise.race([sleep(pauseMs), closed]);
    const isOver = child.exitCode !== null;
    if (isOver && child.exitCode !== 0) throw new Error(errors);
    await stopped(child);
    const acknowledged = said
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.startsWith("ACK "));
    const image = join(folder, `${name}-${i}.img`);
    copyFileSync(disk.image, image);
    cuts.push({ image, path: disk.path, acknowledged: acknowledged.map((line) => line.slice(4)) });
    child.kill("SIGCONT");
    if (isOver) break;
  }
  child.kill("SIGKILL");
  await closed;
  return cuts;
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill("SIGSTOP");
  // What was said before is read before the image is taken.
  await sleep(60);
}

/** Everything that is not as it was acknowledged, on the disk of a cut, and after going on by --resume alone. */
export async function faultsAfter(
  cut: Cut,
  { encoder, tables }: DrillFolders,
  expected: ReadonlyMap<string, string>,
): Promise<string[]> {
  using disk = new Disk(cut.image, cut.path, { isNew: false });
  const faults: string[] = [];
  const store = join(disk.path, "store");
  const of = (kind: string): string[] =>
    cut.acknowledged.flatMap((ack) => (ack.startsWith(`${kind} `) ? [ack.slice(kind.length + 1)] : []));
  if (of("rating").length > 0) {
    using ratings = RatingsDatabase.open(join(disk.path, "ratings.sqlite"));
    const kept = new Set(ratings.current().map(({ entry }) => `r${entry.slice(1)}`));
    for (const id of of("rating")) if (!kept.has(id)) faults.push(`rating ${id} is lost`);
  }
  const keys = existsSync(join(disk.path, "keys")) ? readFileSync(join(disk.path, "keys"), "utf8") : "";
  for (const key of of("key")) if (!keys.includes(`${key} search sha256:`)) faults.push(`key ${key} is lost`);
  faults.push(...(await releaseFaults(store, cut.acknowledged, expected)));
  for (const release of ["1", "2", "3"]) {
    const args = ["ingest", join(tables, `terms-${release}.tsv`), "--release", release, "--dataset", "d"];
    const options = ["--encoder", encoder, "--block-size", "200", "--workers", "1", "--resume"];
    const { code, stderr } = await runCli([...args, ...options, "--store", `lancedb:${store}`]);
    if (code !== 0) faults.push(`--resume of ${release} ended with ${code}: ${stderr}`);
    else if ((await hashOfRelease(store, "d", release)) !== expected.get(release))
      faults.push(`release ${release} is another after --resume`);
    // The last that was begun is enough: those after it were never asked for.
    if (!cut.acknowledged.includes(`release ${release}`)) break;
  }
  rmSync(cut.image);
  return faults;
}

async function releaseFaults(
  path: string,
  acknowledged: readonly string[],
  expected: ReadonlyMap<string, string>,
): Promise<string[]> {
  const faults: string[] = [];
  const releases = acknowledged.flatMap((ack) => (ack.startsWith("release ") ? [ack.slice(8)] : []));
  if (releases.length === 0) return faults;
  await using store = await openStore(`lancedb:${path}`);
  for (const record of await releaseRecords(store)) {
    const { damages } = await checkRelease(store, record);
    faults.push(...damages);
  }
  for (const release of releases)
    if ((await hashOfRelease(path, "d", release)) !== expected.get(release))
      faults.push(`release ${release} is lost or another`);
  const [active] = await activeReleases(store);
  // What was being switched to when the power went may be active already.
  const switches = acknowledged.flatMap((ack) => /^(?:release|active) (\d)$/.exec(ack)?.[1] ?? []);
  const last = switches.at(-1)!;
  const next = { "1": ["2", "3"], "2": ["1", "3"], "3": ["1"] }[last]!;
  if (!active || (active.release !== last && !next.includes(active.release)))
    faults.push(`${active?.release ?? "nothing"} is active, and ${last} was`);
  return faults;
}
