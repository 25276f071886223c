import { describe, expect, test } from "vitest";
import {
  type ServiceOptions,
  serviceTranslator,
} from "../../../src/alignment/translation/service-translator.ts";

/** A service that answers with these statuses in turn, then 200; what it was asked, and how long was waited. */
function service(statuses: number[] = [], changes: Partial<ServiceOptions> = {}) {
  const asked: { headers: Record<string, string>; body: Record<string, unknown> }[] = [];
  const waits: number[] = [];
  const fetch = (async (_: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body));
    asked.push({ headers: init.headers as Record<string, string>, body });
    const status = statuses.shift();
    if (status) return new Response("no", { status, headers: { "retry-after": "7" } });
    const texts = (body["q"] ?? body["text"]) as string[];
    const upper = texts.map((text) => text.toUpperCase());
    return Response.json(
      body["q"] ? { translatedText: upper } : { translations: upper.map((text) => ({ text })) },
    );
  }) as typeof globalThis.fetch;
  const translator = serviceTranslator({
    service: "libretranslate",
    url: "http://translate.test/translate",
    budget: 1000,
    perMinute: 60_000_000,
    fetch,
    sleep: async (ms) => void waits.push(ms),
    ...changes,
  });
  return { translator, asked, waits };
}

describe("a translation service", () => {
  test("is asked as LibreTranslate and as DeepL want to be, forty texts at once", async () => {
    const libre = service([], { key: "k" });
    const texts = Array.from({ length: 41 }, (_, i) => `mot ${i}`);
    expect(await libre.translator.translate(texts, "fr", "en")).toEqual(texts.map((t) => t.toUpperCase()));
    expect(libre.asked.map(({ body }) => (body["q"] as string[]).length)).toEqual([40, 1]);
    expect(libre.asked[0]!.body).toMatchObject({ source: "fr", target: "en", format: "text", api_key: "k" });
    const deepl = service([], { service: "deepl", key: "k" });
    expect(await deepl.translator.translate(["mot"], "fr", "en")).toEqual(["MOT"]);
    expect(deepl.asked[0]).toMatchObject({
      headers: { authorization: "DeepL-Auth-Key k" },
      body: { text: ["mot"], source_lang: "FR", target_lang: "EN" },
    });
  });

  test("is asked again after the time that it names, and given up after four tries", async () => {
    const patient = service([429, 503]);
    expect(await patient.translator.translate(["a"], "fr", "en")).toEqual(["A"]);
    expect(patient.waits.filter((ms) => ms > 1)).toEqual([7000, 7000]);
    const gone = service([500, 500, 500, 500]);
    await expect(gone.translator.translate(["a"], "fr", "en")).rejects.toThrow(/answers 500 \(4 tries\)/);
    await expect(service([403]).translator.translate(["a"], "fr", "en")).rejects.toThrow(
      /answers 403 \(1 tries\); check TERMDUET_TRANSLATION_KEY/,
    );
  });

  test("is asked no more often than told", async () => {
    const { translator, waits } = service([], { perMinute: 60 });
    await translator.translate(
      Array.from({ length: 90 }, (_, i) => `${i}`),
      "fr",
      "en",
    );
    expect(waits).toHaveLength(2);
    for (const wait of waits) expect(wait).toBeGreaterThan(900);
  });

  test("gets no more text than the budget allows, and no message holds any of it", async () => {
    const { translator, asked } = service([], { budget: 10 });
    await translator.translate(["12345"], "fr", "en");
    const failure = translator.translate(["secret"], "fr", "en");
    await expect(failure).rejects.toThrow(/budget of 10 characters does not last: 5 were sent, 6 come next/);
    await expect(failure).rejects.not.toThrow(/secret/);
    expect(asked).toHaveLength(1);
  });
});
