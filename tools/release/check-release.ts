/**
 * What a release must pass, and what goes with it: `npm run release:check`. It needs the network, for the two programs that
 * judge the package as others will meet it.
 *
 *     publint and attw on the packed tarball · release/sbom.json (CycloneDX) · release/notes.md from the changelog
 *
 * Provenance is attested by .github/workflows/release.yml, which alone can sign for what it built.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const out = join(ROOT, "release");
const npm = (...args: string[]): string =>
  execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28 });

function notesOf(version: string): string {
  const changelog = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
  const part = changelog.split(/^## /m).find((section) => section.startsWith(`[${version}]`));
  if (!part) throw new Error(`CHANGELOG.md has no section [${version}]`);
  return `${part.split("\n").slice(1).join("\n").trim()}\n`;
}

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "termduet-release-"));
try {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "notes.md"), notesOf(version));
  writeFileSync(join(out, "sbom.json"), npm("sbom", "--sbom-format", "cyclonedx", "--omit", "dev"));
  npm("pack", "--pack-destination", folder);
  const tarball = join(folder, `termduet-${version}.tgz`);
  const judge = (name: string, ...args: string[]): void => {
    execFileSync("npx", ["--yes", name, ...args], { cwd: folder, stdio: "inherit" });
  };
  judge("publint@0.3.25", tarball, "--strict");
  judge("@arethetypeswrong/cli@0.18.5", tarball, "--profile", "esm-only");
  process.stdout.write(`termduet ${version} passes; release/ holds its notes and its SBOM\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
