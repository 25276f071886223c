#!/usr/bin/env node
// Runs the command line on Node 24, whatever Node started this file: the sources are TypeScript that Node 24 runs as it
// is, and the package brings that Node along. Plain JavaScript for old Nodes, so keep it small.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);

if (major > 24 || (major === 24 && minor >= 12)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  // Installed from the registry there is `dist`; in a checkout the sources run directly.
  const built = join(root, "dist", "src", "cli", "main.js");
  const entry = existsSync(join(root, "src", "cli", "main.ts")) ? join(root, "src", "cli", "main.ts") : built;
  const { main } = await import(pathToFileURL(entry).href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("node/package.json"));
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const program = join(folder, typeof bin === "string" ? bin : bin.node);
  const child = spawn(program, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // Who stops this process means the one that does the work. A terminal's Ctrl-C reaches both by itself.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => undefined);
  child.on("error", (error) => {
    process.stderr.write(`termduet: Node 24 can't be started (${error.message}); run npm install again\n`);
    process.exitCode = 1;
  });
  child.on("close", (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
  });
}
