import { describe, expect, it } from "vitest";
import { FORMATS, readMutations } from "./support/mutations.ts";

describe("5,000 files whose structure is broken", () => {
  it.each(Object.keys(FORMATS))(
    "are refused or read for what they hold: %s",
    async (format) => {
      expect((await readMutations(format, 5_000, 5_000)).failures).toEqual([]);
    },
    600_000,
  );
});
