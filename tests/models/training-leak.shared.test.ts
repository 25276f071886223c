import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const shared = join(root, "..", "shared", "data");

test.skipIf(!existsSync(join(shared, "releases", "openmeta-2026AA.zip")))(
  "no dev query, whatever its case, accents and punctuation, is in what the encoders are trained on, nor any source that may not be reused",
  async () => {
    const { stderr } = await promisify(execFile)("python3", ["-m", "unittest", "-v", "test_leak"], {
      cwd: join(root, "models", "training", "tests"),
      env: { ...process.env, TERMDUET_SHARED: join(root, "..", "shared") },
      maxBuffer: 1 << 24,
    });
    expect(stderr).toMatch(/\nOK\n$/);
    expect(stderr).not.toMatch(/skipped/);
  },
  900_000,
);
