// `npm run test:drills [FILES]`: the long drills, which `npm test` leaves out, on any shell.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const vitest = join(import.meta.dirname, "..", "..", "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, TERMDUET_DRILLS: "1" },
});
process.exitCode = status ?? 1;
