import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

const SAMPLE = join(import.meta.dirname, "..", "..", "sample", "META");

function mounted(path: string, size: string, remount = false): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `${remount ? "remount," : ""}size=${size}`, "tmpfs", path], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

const disk = temporaryFolder();
// Only root may mount; elsewhere this is skipped.
const canMount = process.platform === "linux" && mounted(disk.path, "3m");

describe.skipIf(!canMount)("an ingest on a disk that is too small (needs the right to mount a tmpfs)", () => {
  const folder = temporaryFolder();
  let args: string[];
  beforeAll(async () => {
    const encoder = await tinyEncoder("tiny-bert", join(folder.path, "a"));
    args = [
      "ingest",
      SAMPLE,
      "--dataset",
      "s",
      "--release",
      "1",
      "--store",
      `lancedb:${join(disk.path, "store")}`,
      "--encoder",
      encoder.folder,
    ];
    args.push("--block-size", "500", "--workers", "1");
  });
  afterAll(() => {
    execFileSync("umount", ["-l", disk.path]);
    disk[Symbol.dispose]();
    folder[Symbol.dispose]();
  });

  test("stops with one line that names the disk, and goes on when there is room", async () => {
    const full = await runCli(args);
    expect(full.code).toBe(1);
    expect(full.stderr.trim().split("\n")).toHaveLength(1);
    expect(full.stderr).toMatch(/disk .*is full/);
    expect(
      (await runCli(["search", "x", "--store", `lancedb:${join(disk.path, "store")}`])).stderr,
    ).toContain("holds no release");
    mounted(disk.path, "60m", true);
    expect(await runCli([...args, "--resume"])).toMatchObject({ code: 0, stderr: "" });
  }, 120_000);
});
