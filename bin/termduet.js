#!/usr/bin/env node
// Runs the command line on Node 24.12 or newer: on the one that started this file where it is new enough, else on the one
// that a checkout brings along. The sources are TypeScript that such a Node runs as it is. Plain JavaScript for old Nodes,
// so keep it small.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST = [24, 12];

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The Node of the packages that `termduet-node` names, where npm has installed this platform's. */
function broughtAlong() {
  const os = process.platform === "win32" ? "win" : process.platform;
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${os}-${process.arch}/package.json`);
    const program = join(dirname(manifest), "bin", os === "win" ? "node.exe" : "node");
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

const program = isNewEnough(process.versions.node) ? undefined : broughtAlong();

if (isNewEnough(process.versions.node)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  // Installed from the registry there is `dist`; in a checkout the sources run directly.
  const built = join(root, "dist", "src", "cli", "main.js");
  const entry = existsSync(join(root, "src", "cli", "main.ts")) ? join(root, "src", "cli", "main.ts") : built;
  const { main } = await import(pathToFileURL(entry).href);
  process.exitCode = await main(process.argv.slice(2));
} else if (!program) {
  process.stderr.write(
    `termduet: Node ${OLDEST.join(".")} or newer is needed, and this is ${process.version}; install Node 24 from https://nodejs.org or by your package manager\n`,
  );
  process.exitCode = 1;
} else {
  const child = spawn(program, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    // A server whose launcher is killed must not live on where nobody knows of it.
    env: { ...process.env, TERMDUET_LAUNCHED: "1" },
  });
  // Who stops this process means the one that does the work. A terminal's Ctrl-C reaches both by itself.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => undefined);
  child.on("error", (error) => {
    process.stderr.write(`termduet: ${program} can't be started (${error.message}); install Node 24\n`);
    process.exitCode = 1;
  });
  child.on("close", (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
  });
}
