import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

interface LockedPackage {
  version?: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync(join(ROOT, "package-lock.json"), "utf8"),
);

const PLATFORMS = [
  { os: "linux", cpu: "x64" },
  { os: "linux", cpu: "arm64" },
  { os: "darwin", cpu: "arm64" },
  { os: "win32", cpu: "x64" },
];

// What has a native part for each platform in a package of its own; Macs bring a Node of their own.
const NATIVE: [owner: string, build: RegExp, but?: string][] = [
  ["@biomejs/biome", /^@biomejs\/cli-/],
  ["typescript", /^@typescript\/typescript-/],
  ["termduet-node", /^node-/, "darwin"],
];

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

describe("the lock", () => {
  test("names every optional package that a package in it asks for, so that npm ci accepts it everywhere", () => {
    const missing = Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !Object.keys(packages).some((path) => nameOf(path) === name))
        .map((name) => `${owner}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  for (const { os, cpu } of PLATFORMS) {
    test(`has every native build for ${os} ${cpu}`, () => {
      for (const [owner, build, but] of NATIVE) {
        if (os === but) continue;
        const builds = Object.entries(packages).filter(
          ([path, p]) =>
            build.test(nameOf(path)) &&
            p.os?.includes(os) &&
            p.cpu?.includes(cpu) &&
            // A build for musl does not run where there is glibc.
            !(p.libc && !p.libc.includes("glibc")) &&
            !/musl/.test(path),
        );
        expect(
          builds.map(([path]) => path),
          `${owner} on ${os} ${cpu}`,
        ).not.toEqual([]);
      }
    });
  }

  test("asks no registry but npm's own", () => {
    const others = Object.values(packages).flatMap(({ resolved }) =>
      resolved === undefined || /^https:\/\/registry\.npmjs\.org\/|^tools\//.test(resolved) ? [] : [resolved],
    );
    expect(others).toEqual([]);
  });
});
