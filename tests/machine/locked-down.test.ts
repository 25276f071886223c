import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SAMPLE } from "../support/sample-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BIN = join(import.meta.dirname, "..", "..", "bin", "termduet.js");
const LEXICON = join(import.meta.dirname, "..", "fixtures", "locked-down.tsv");
/** Of no user of the machine. */
const UNKNOWN = 54_321;

interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a shell script, in a mount namespace of its own, with the root read-only and this one folder writable. */
function readOnlyRoot(volume: string, script: string): Ran {
  const setup = [
    // The folder becomes a mount of its own, which stays writable.
    `mount --bind '${volume}' '${volume}'`,
    "mount -o remount,bind,ro /",
    script,
  ].join(" && ");
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-c", setup],
    { encoding: "utf8" },
  );
  return { status, stdout: stdout ?? "", stderr: stderr ?? "" };
}

const folder = temporaryFolder();
const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  readOnlyRoot(folder.path, `! touch /locked-down.probe && touch '${folder.path}/probe'`).status === 0;
const why = canMount ? "" : " (skipped: needs Linux, root and unshare --mount)";

describe.skipIf(!canMount)(`a container as hospitals run it${why}`, () => {
  afterAll(() => folder[Symbol.dispose]());
  const volume = join(folder.path, "volume");
  mkdirSync(volume, { recursive: true });
  chownSync(volume, UNKNOWN, UNKNOWN);
  chmodSync(folder.path, 0o755);
  const node = process.execPath;
  const store = `--store 'lancedb:${volume}/store'`;
  /** As a user without a name, without capabilities, and with what is named of the environment alone. */
  const asNobody = (command: string, env = ""): string =>
    `cd '${volume}' && exec setpriv --reuid ${UNKNOWN} --regid ${UNKNOWN} --clear-groups env -i PATH=/usr/bin:/bin TMPDIR='${volume}' ${env} '${node}' '${BIN}' ${command}`;

  test("ingests with a read-only root, an unknown user and no HOME, and writes to its volume alone", () => {
    const release = "--dataset s --release 1 --quiet";
    const ran = readOnlyRoot(volume, asNobody(`ingest '${LEXICON}' ${release} ${store}`));
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stderr).not.toMatch(/EROFS|EACCES|ENOENT/);
    expect(readdirSync(volume)).toEqual(["store"]);
  }, 120_000);

  test("searches, checks itself and aligns there, with a HOME that is not there", () => {
    const home = "HOME=/nowhere/at/all";
    const found = readOnlyRoot(volume, asNobody(`search 'heart attack' ${store} --json`, home));
    expect(found.status, found.stderr).toBe(0);
    expect(found.stdout).toContain("C0027051");
    const checked = readOnlyRoot(volume, asNobody(`doctor ${store}`, home));
    expect(checked.status, checked.stdout + checked.stderr).toBe(0);
    const lexicon = join(SAMPLE, "lexicon.tsv");
    const aligned = readOnlyRoot(
      volume,
      asNobody(`align '${lexicon}' ${store} --out '${volume}/aligned' --quiet`, home),
    );
    expect(aligned.status, aligned.stderr).toBe(0);
    expect(readdirSync(volume).sort()).toEqual(["aligned", "store"]);
  }, 120_000);

  test("says what can't be written where the store may not be, in one line", () => {
    const ran = readOnlyRoot(
      volume,
      asNobody(`ingest '${LEXICON}' --dataset s --release 1 --quiet --store lancedb:/store-nowhere`),
    );
    expect(ran.status).not.toBe(0);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    expect(ran.stderr).toContain("/store-nowhere");
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  }, 60_000);
});
