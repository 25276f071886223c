import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const training = join(import.meta.dirname, "..", "..", "models", "training");

test("the training tool reads, damages and rewrites texts as it says, takes plain words from dictionaries and puts definitions into French", async () => {
  const { stderr } = await promisify(execFile)(
    "python3",
    ["-m", "unittest", "-v", "test_units", "test_plain_words", "test_french"],
    {
      cwd: join(training, "tests"),
    },
  );
  expect(stderr).toMatch(/\nOK\n$/);
});
