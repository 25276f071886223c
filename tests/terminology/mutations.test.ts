import { describe, expect, it } from "vitest";
import { FORMATS, readMutations } from "./support/mutations.ts";

describe("a file whose structure is broken", () => {
  it.each(Object.keys(FORMATS))("is refused or read for what it holds: %s", async (format) => {
    const { failures, read, refused } = await readMutations(format, 120, 26);
    expect(failures).toEqual([]);
    expect(read + refused).toBe(120);
    expect(Math.min(read, refused)).toBeGreaterThan(0);
  });
});
