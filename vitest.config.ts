import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Long drills run by `npm run test:drills`, and nothing else then.
    include: [process.env["TERMDUET_DRILLS"] ? "tests/**/*.drill.test.ts" : "tests/**/*.test.ts"],
    exclude: process.env["TERMDUET_DRILLS"] ? [] : ["tests/**/*.drill.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    // What tests load beside us (transformers.js) does not go by our door to ONNX Runtime.
    env: { ORT_DISABLE_TELEMETRY: "1", HF_HUB_DISABLE_TELEMETRY: "1", DO_NOT_TRACK: "1" },
    pool: "forks",
    reporters: ["default", "./tests/support/count-reporter.ts"],
  },
});
