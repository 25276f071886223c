import { writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { isMainThread } from "node:worker_threads";

// Loaded before a program by `--import`: offers it sixteen cores, whatever the machine has, and writes the most kilobytes that
// it has taken to the file that PEAK_FILE names.
os.availableParallelism = () => 16;
syncBuiltinESMExports();

const file = process.env["PEAK_FILE"];
if (file && isMainThread)
  process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
