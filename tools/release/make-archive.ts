/**
 * One archive for each platform that needs nothing else: Node, the program with its packages, the encoders and the sample.
 *
 *     npm run release:archive -- [--platform linux-x64]... [--out release]
 *
 * Asks npm's registry for the packages and for Node; whoever unpacks an archive asks nobody.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PLATFORMS, type Platform, platformName, platformNamed } from "./platforms.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

const SH = `#!/bin/sh
# Runs Termduet with the Node that lies beside it.
program="$0"
while [ -L "$program" ]; do
  link=$(readlink "$program")
  case "$link" in
    /*) program="$link" ;;
    *) program="$(dirname "$program")/$link" ;;
  esac
done
here=$(cd "$(dirname "$program")/.." && pwd)
exec "$here/node/bin/node" "$here/app/node_modules/termduet/bin/termduet.js" "$@"
`;
const CMD = `${String.raw`@echo off${"\r\n"}"%~dp0..\node\bin\node.exe" "%~dp0..\app\node_modules\termduet\bin\termduet.js" %*`}${"\r\n"}`;
const README = `Termduet ${version}. Nothing is to be installed: bin/termduet start (on Windows bin\\termduet start) puts the sample in and serves
search and page on http://127.0.0.1:8080; bin/termduet --help tells the rest. Nothing is fetched, and nothing is sent anywhere.
`;

function run(program: string, args: readonly string[], cwd: string): string {
  const shell = process.platform === "win32";
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8", shell });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? (stderr || stdout)}`);
  return stdout;
}

/** The package of this platform alone. */
function packed(platform: Platform, into: string): string {
  const pack = join(ROOT, "tools", "release", "pack.ts");
  try {
    run(process.execPath, [pack, "before", "--platform", platformName(platform)], ROOT);
    run("npm", ["pack", "--ignore-scripts", "--pack-destination", into], ROOT);
  } finally {
    run(process.execPath, [pack, "after"], ROOT);
  }
  return join(into, `termduet-${version}.tgz`);
}

function install(tarball: string, { os, cpu }: Platform, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`);
  const target = [`--os=${os}`, `--cpu=${cpu}`, ...(os === "linux" ? ["--libc=glibc"] : [])];
  const quiet = ["--ignore-scripts", "--omit=dev", "--omit=peer", "--no-audit", "--no-fund", "--no-save"];
  run("npm", ["install", tarball, ...quiet, ...target], folder);
  for (const file of ["package.json", "node_modules/.package-lock.json"])
    rmSync(join(folder, file), { force: true });
}

function node({ node: name, nodeVersion }: Platform, work: string, folder: string): void {
  run("npm", ["pack", `${name}@${nodeVersion}`, "--pack-destination", work], work);
  const tarball = readdirSync(work).find((file) => file.startsWith(`${name}-`) && file.endsWith(".tgz"))!;
  run("tar", ["-xzf", tarball], work);
  mkdirSync(join(folder, "bin"), { recursive: true });
  for (const file of ["node", "node.exe"])
    if (existsSync(join(work, "package", "bin", file)))
      cpSync(join(work, "package", "bin", file), join(folder, "bin", file));
  for (const file of readdirSync(join(work, "package")).filter((file) => /^licen[cs]e/i.test(file)))
    cpSync(join(work, "package", file), join(folder, file));
}

function archive(platform: Platform, out: string): string {
  const work = mkdtempSync(join(tmpdir(), "termduet-archive-"));
  try {
    const name = `termduet-${version}-${platformName(platform)}`;
    const folder = join(work, name);
    mkdirSync(join(folder, "bin"), { recursive: true });
    install(packed(platform, work), platform, join(folder, "app"));
    node(platform, work, join(folder, "node"));
    if (platform.os === "win32") writeFileSync(join(folder, "bin", "termduet.cmd"), CMD);
    else {
      writeFileSync(join(folder, "bin", "termduet"), SH);
      chmodSync(join(folder, "bin", "termduet"), 0o755);
    }
    writeFileSync(join(folder, "README.txt"), README);
    for (const file of ["LICENSE", "NOTICE"]) cpSync(join(ROOT, file), join(folder, file));
    const file = `${name}.tar.gz`;
    run("tar", ["-czf", file, name], work);
    mkdirSync(out, { recursive: true });
    cpSync(join(work, file), join(out, `.${file}`));
    renameSync(join(out, `.${file}`), join(out, file));
    return join(out, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    platform: { type: "string", multiple: true, default: PLATFORMS.map(platformName) },
    out: { type: "string", default: "release" },
  },
});
run("npm", ["run", "build"], ROOT);
for (const name of values.platform)
  process.stdout.write(`${archive(platformNamed(name), resolve(values.out))}\n`);
