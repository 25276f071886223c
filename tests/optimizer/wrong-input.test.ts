import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCli } from "../support/run-cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { FIXTURES } from "../support/tiny-encoders.ts";

const disk = temporaryFolder();
const folder = temporaryFolder();

function mounted(size: string, remount = ""): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `${remount}size=${size}`, "tmpfs", disk.path], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

// Only root may mount; elsewhere this is skipped.
const canMount = process.platform === "linux" && mounted("300k");
afterAll(() => {
  if (canMount) execFileSync("umount", ["-l", disk.path]);
  disk[Symbol.dispose]();
  folder[Symbol.dispose]();
});

describe.skipIf(!canMount)(
  "an optimization on a disk that is too small (needs the right to mount a tmpfs)",
  () => {
    test("ends in one line that names the disk, leaves no encoder, and goes on when there is room", async () => {
      const config = join(folder.path, "config.json");
      const cache = join(disk.path, "cache");
      writeFileSync(
        config,
        JSON.stringify({
          dataConfigs: { calibration: 40, evaluation: 60 },
          engine: { timingSeconds: 0.05, cache },
        }),
      );
      const out = join(folder.path, "out");
      const args = [
        "optimize",
        join(FIXTURES, "tiny-bert"),
        "--out",
        out,
        "--precision",
        "int8",
        "--config",
        config,
      ];
      const failed = await runCli(args, { cwd: folder.path });
      expect(failed.stderr.trim().split("\n")).toHaveLength(1);
      expect(failed.stderr).toMatch(/full|no space/i);
      expect(failed.code).toBe(1);
      expect(existsSync(out)).toBe(false);
      expect(readdirSync(cache).filter((name) => name.startsWith("work-"))).toEqual([]);
      mounted("40m", "remount,");
      const done = await runCli(args, { cwd: folder.path });
      expect(done.stderr).toBe("");
      expect(done.code).toBe(0);
      expect(statSync(join(out, "model.onnx")).size).toBeGreaterThan(1000);
    });
  },
);

describe("a checkpoint that can't be used is refused in one line", () => {
  const broken = (name: string, change: (path: string) => void): string => {
    const path = join(folder.path, name);
    mkdirSync(path);
    for (const file of ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
      cpSync(join(FIXTURES, "tiny-bert", file), join(path, file));
    change(path);
    return path;
  };

  test.each<[string, (path: string) => void, RegExp]>([
    [
      "no-tokenizer",
      (path) => execFileSync("rm", [join(path, "tokenizer.json")]),
      /no-tokenizer has no tokenizer: tokenizer\.json, vocab\.txt, sentencepiece\.bpe\.model are read/,
    ],
    [
      "gpt",
      (path) => writeFileSync(join(path, "config.json"), '{"model_type":"gpt2","n_layer":2}'),
      /gpt.config\.json.*(gpt2|model_type)/,
    ],
    [
      "cut",
      (path) => writeFileSync(join(path, "model.safetensors"), Buffer.from([255, 255, 1, 0])),
      /model\.safetensors is not a whole safetensors file: its header/,
    ],
  ])("%s", async (name, change, message) => {
    const out = join(folder.path, `out-${name}`);
    const { code, stderr } = await runCli(["optimize", broken(name, change), "--out", out], {
      cwd: folder.path,
    });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(existsSync(out)).toBe(false);
  });
});
