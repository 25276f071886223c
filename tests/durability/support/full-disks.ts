import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { RatingsDatabase } from "../../../src/review/ratings-database.ts";
import { TermduetError } from "../../../src/terminology/termduet-error.ts";
import { openStore } from "../../../src/vector-store/open-store.ts";
import { activeReleases } from "../../../src/vector-store/release-record.ts";
import { type CliResult, runCli } from "../../support/run-cli.ts";
import { hashOfRelease } from "./contents.ts";
import type { Prepared } from "./prepared.ts";

function mount(path: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "ignore" });
}

export function canMount(folder: string): boolean {
  const path = join(folder, "probe");
  mkdirSync(path);
  try {
    mount(path, "size=1m");
    execFileSync("umount", [path]);
    return true;
  } catch {
    return false;
  }
}

/** A disk that holds release 1 and has so much room left. */
class SmallDisk implements Disposable {
  readonly path: string;

  constructor(path: string, store: string, freeKilobytes: number) {
    this.path = path;
    mkdirSync(path, { recursive: true });
    mount(path, "size=64m");
    cpSync(store, join(path, "store"), { recursive: true });
    const { blocks, bfree, bsize } = statfsSync(path);
    const used = ((blocks - bfree) * bsize) / 1024;
    mount(path, `remount,size=${used + freeKilobytes}k`);
  }

  grow(): void {
    mount(this.path, "remount,size=128m");
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["-l", this.path]);
  }
}

const SAID = /: .*(the disk (of .* )?is full|no space)/i;

/** Ingest, switch, rating and backup on a disk with so much room: what was not as it must be, and what failed. */
export async function faultsAtLevel(
  { ingest, expected }: Prepared,
  path: string,
  from: string,
  freeKilobytes: number,
): Promise<{ faults: string[]; failed: string[] }> {
  using disk = new SmallDisk(path, from, freeKilobytes);
  const store = join(disk.path, "store");
  const url = ["--store", `lancedb:${store}`];
  const faults: string[] = [];
  const failed: string[] = [];
  const check = (what: string, { code, stderr }: CliResult): boolean => {
    if (code === 0) return true;
    failed.push(what);
    const lines = stderr.trim().split("\n");
    if (code !== 1 || lines.length !== 1 || !SAID.test(stderr)) faults.push(`${what} said: ${stderr.trim()}`);
    return false;
  };
  const isIngested = check("ingest", await runCli(ingest("2", store)));
  const expectedActive = isIngested ? "2" : "1";
  faults.push(...(await activeFaults(store, expectedActive, expected)));
  check("switch", await runCli(["releases", "activate", "d", "1", ...url]));
  const acknowledged = rated(disk.path, faults);
  const made = await runCli(["backup", join(disk.path, "backup"), ...url, "--quiet"]);
  if (!check("backup", made) && existsSync(join(disk.path, "backup"))) faults.push("half a backup is left");
  disk.grow();
  for (const entry of lost(disk.path, acknowledged)) faults.push(`rating of ${entry} is lost`);
  const resumed = await runCli(ingest("2", store, "--resume"));
  if (resumed.code !== 0) faults.push(`--resume: ${resumed.stderr}`);
  for (const release of ["1", "2"])
    if ((await hashOfRelease(store, "d", release)) !== expected.get(release))
      faults.push(`release ${release} is another`);
  return { faults: faults.map((fault) => `${freeKilobytes} kB free: ${fault}`), failed };
}

async function activeFaults(
  path: string,
  release: string,
  expected: ReadonlyMap<string, string>,
): Promise<string[]> {
  try {
    await using store = await openStore(`lancedb:${path}`);
    const [active] = await activeReleases(store);
    if (active?.release !== release) return [`${active?.release} is active, not ${release}`];
  } catch (error) {
    return [`the store can't be read: ${String(error)}`];
  }
  const hash = await hashOfRelease(path, "d", release);
  return hash === expected.get(release) ? [] : [`the active release is another (${hash})`];
}

/** Entries whose ratings were acknowledged. */
function rated(path: string, faults: string[]): string[] {
  const acknowledged: string[] = [];
  try {
    using ratings = RatingsDatabase.open(join(path, "ratings.sqlite"));
    for (let i = 0; i < 50; i++) {
      const entry = `e${i}`;
      ratings.add([{ id: `r${i}`, entry, cui: "C1", reviewer: "Ada", rating: 3 }]);
      acknowledged.push(entry);
    }
  } catch (error) {
    if (!(error instanceof TermduetError) || error.code !== "no-space")
      faults.push(`rating said: ${String(error)}`);
  }
  return acknowledged;
}

function lost(path: string, acknowledged: readonly string[]): string[] {
  if (acknowledged.length === 0) return [];
  if (!readdirSync(path).includes("ratings.sqlite")) return [...acknowledged];
  using ratings = RatingsDatabase.open(join(path, "ratings.sqlite"));
  const kept = new Set(ratings.current().map(({ entry }) => entry));
  return acknowledged.filter((entry) => !kept.has(entry));
}
