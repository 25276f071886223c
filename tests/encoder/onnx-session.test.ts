import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cpuFeatures } from "../../src/encoder/cpu-features.ts";
import { openSession } from "../../src/encoder/onnx-session.ts";
import { sessionSettingsSchema } from "../../src/encoder/session-settings.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { tinyEncoder } from "../support/tiny-encoders.ts";

describe("a graph with 8-bit weights", () => {
  const folder = temporaryFolder();
  afterAll(() => folder[Symbol.dispose]());
  const settings = sessionSettingsSchema.parse({ exactInt8: true });
  const cpu = (exactInt8: boolean) => () => ({ ...cpuFeatures(), model: "Old CPU", exactInt8 });

  test("opens where 8-bit products are summed exactly, and nowhere else", async () => {
    const { folder: encoder } = await tinyEncoder("tiny-bert", join(folder.path, "tiny"));
    const model = join(encoder, "model.onnx");
    await (await openSession(model, "cpu", 1, settings, cpu(true))).release();
    await expect(openSession(model, "cpu", 1, settings, cpu(false))).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/model\.onnx has 8-bit weights .* Old CPU .* --portable/),
    });
    const portable = sessionSettingsSchema.parse({});
    await (await openSession(model, "cpu", 1, portable, cpu(false))).release();
  });
});
