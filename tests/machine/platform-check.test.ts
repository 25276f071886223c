import { describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { type Platform, thisPlatform, whyUnsupported } from "../../src/machine/platform-check.ts";

const LINUX: Platform = { os: "linux", cpu: "x64", glibc: "2.36", instructions: new Set(["avx2", "fma"]) };

describe("a platform on which the native libraries", () => {
  test.each<[string, Platform]>([
    ["Linux x64", LINUX],
    ["Linux x64 with the oldest glibc", { ...LINUX, glibc: "2.28" }],
    ["Linux x64 that hides its instruction sets", { ...LINUX, instructions: undefined }],
    ["Linux arm64", { ...LINUX, cpu: "arm64", instructions: undefined }],
    ["a Mac with Apple silicon", { os: "darwin", cpu: "arm64", glibc: undefined, instructions: undefined }],
    ["Windows x64", { os: "win32", cpu: "x64", glibc: undefined, instructions: undefined }],
  ])("run is let through: %s", (_, platform) => {
    expect(whyUnsupported(platform)).toBeUndefined();
  });

  test.each<[string, Platform, RegExp]>([
    ["an Intel Mac", { ...LINUX, os: "darwin", glibc: undefined }, /Intel Macs are not supported/],
    ["Alpine", { ...LINUX, glibc: undefined }, /no glibc .*Alpine.*node:24-bookworm-slim/],
    ["CentOS 7", { ...LINUX, glibc: "2.17" }, /glibc 2\.17 is too old: 2\.28 is needed/],
    ["a CPU of 2011", { ...LINUX, instructions: new Set(["avx"]) }, /lacks avx2 and fma/],
    ["FreeBSD", { ...LINUX, os: "freebsd" }, /freebsd on x64 is not supported; termduet runs on Linux/],
    ["a 32-bit ARM", { ...LINUX, cpu: "arm" }, /linux on arm is not supported/],
  ])("don't run is told in one line: %s", (_, platform, line) => {
    expect(whyUnsupported(platform)).toMatch(line);
    expect(whyUnsupported(platform)).not.toContain("\n");
  });

  test("is the one that these tests run on, read without a look at the network", () => {
    expect(whyUnsupported(thisPlatform())).toBeUndefined();
  });

  test("don't run ends a command before they are loaded, with exit code 1", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      expect(await main(["doctor"], { ...LINUX, instructions: new Set() })).toBe(1);
      expect(said.mock.calls.flat()).toEqual([
        expect.stringMatching(/^termduet: this CPU lacks avx2 and fma/),
      ]);
    } finally {
      said.mockRestore();
    }
  });
});
