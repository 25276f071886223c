import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Long drills run by `npm run test:drills`, and nothing else then.
    include: [process.env["TERMDUET_DRILLS"] ? "tests/**/*.drill.test.ts" : "tests/**/*.test.ts"],
    exclude: process.env["TERMDUET_DRILLS"] ? [] : ["tests/**/*.drill.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    pool: "forks",
    reporters: ["default", "./tests/support/count-reporter.ts"],
  },
});
