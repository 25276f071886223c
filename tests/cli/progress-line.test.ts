import { describe, expect, test } from "vitest";
import { duration, progressLine, progressText } from "../../src/cli/progress-line.ts";

describe("the progress line", () => {
  test("says stage, share, count, rate and time left", () => {
    const history = [
      { at: 0, done: 0 },
      { at: 10_000, done: 6_120 },
    ];
    const text = progressText({ stage: "encode", done: 379_000, total: 924_000, unit: "vectors" }, history);
    expect(text).toBe("encode 41 % · 379,000 of 924,000 vectors · 612/s · 14 min 51 s left");
  });

  test("says no more than it knows", () => {
    expect(progressText({ stage: "read", done: 3, unit: "MB" }, [{ at: 0, done: 3 }])).toBe("read 3 MB");
  });

  test.each([
    [3.2, "3 s"],
    [891, "14 min 51 s"],
    [7_510, "2 h 5 min"],
  ])("says %d seconds as %s", (seconds, text) => expect(duration(seconds)).toBe(text));

  test("draws on a terminal alone, and not when it is to be quiet", () => {
    const drawn = (isTTY: boolean, quiet: boolean): string => {
      let text = "";
      const output = { isTTY, columns: 0, write: (part: string) => (text += part) };
      const { onProgress, end } = progressLine(output, quiet, () => 1_000);
      onProgress({ stage: "read", done: 5, total: 5, unit: "MB" });
      end();
      return text;
    };
    expect(drawn(true, false)).toBe("starting\r\u001b[2Kread 100 % · 5 of 5 MB\n");
    expect(drawn(true, true)).toBe("");
    expect(drawn(false, false)).toBe("");
  });
});
