import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const training = join(import.meta.dirname, "..", "..", "models", "training");

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const why = hasPython ? "" : " (skipped: no python3 here)";

test.skipIf(!hasPython)(
  `the training tool reads, damages and rewrites texts as it says, takes plain words from dictionaries and puts definitions into French${why}`,
  async () => {
    const { stderr } = await promisify(execFile)(
      "python3",
      ["-m", "unittest", "-v", "test_units", "test_plain_words", "test_french"],
      {
        cwd: join(training, "tests"),
      },
    );
    expect(stderr).toMatch(/\nOK\n$/);
  },
);
