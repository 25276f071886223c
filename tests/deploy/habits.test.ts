import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasPython, PYTHON, why } from "../support/python.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const FORMS = globSync(".github/ISSUE_TEMPLATE/*.yml", { cwd: ROOT }).filter(
  (f) => !f.endsWith("config.yml"),
);
const KINDS: [schema: string, files: string[]][] = [
  ["vendor.github-workflows", globSync(".github/workflows/*.yml", { cwd: ROOT })],
  ["vendor.github-issue-forms", FORMS],
  ["vendor.github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]],
  ["vendor.renovate", [".github/renovate.json"]],
  ["vendor.citation-file-format", ["CITATION.cff"]],
  ["vendor.compose-spec", ["docker-compose.yml"]],
];

describe("files for other programs", () => {
  test.skipIf(!hasPython("check_jsonschema")).each(KINDS)(
    `are right by %s${why("check_jsonschema")}`,
    (schema, files) => {
      expect(files.length).toBeGreaterThan(0);
      const args = ["-m", "check_jsonschema", "--builtin-schema", schema, ...files];
      expect(String(execFileSync(PYTHON, args, { cwd: ROOT }))).toContain("validation done");
    },
  );

  test("name one version: package, lock, Python client, citation, changelog", () => {
    const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), "utf8");
    const { version } = JSON.parse(read("package.json"));
    expect(JSON.parse(read("package-lock.json")).version).toBe(version);
    expect(read("clients", "python", "pyproject.toml")).toContain(`version = "${version}"`);
    expect(read("CITATION.cff")).toContain(`version: ${version}`);
    expect(read("CHANGELOG.md")).toContain(`## [${version}] - `);
  });
});
