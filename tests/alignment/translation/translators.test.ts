import { appendFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { tableTranslator } from "../../../src/alignment/translation/table-translator.ts";
import { ableRetrievers, textsForEncoder } from "../../../src/alignment/translation/texts-for-encoder.ts";
import { cachedTranslator } from "../../../src/alignment/translation/translation-cache.ts";
import type { Translator } from "../../../src/alignment/translation/translator.ts";
import type { EncoderRetriever } from "../../../src/retrieval/searcher.ts";
import { TempFolder } from "../../terminology/support/temp-folder.ts";

function upper(): Translator & { translate: ReturnType<typeof vi.fn> } {
  const translate = vi.fn(async (texts: readonly string[]) => texts.map((text) => text.toUpperCase()));
  return { name: "upper", translate };
}

function retriever(id: string, languages?: string[]): EncoderRetriever {
  return {
    encoder: { folder: { manifest: { id, ...(languages ? { languages } : {}) } } },
  } as EncoderRetriever;
}

describe("a table of translations", () => {
  test("is looked up but for the writing", async () => {
    using folder = new TempFolder();
    const table = await tableTranslator(folder.write("t.tsv", "source\ttranslation\nCœur\theart\n"));
    expect(await table.translate(["cœur !"], "fr", "en")).toEqual(["heart"]);
    await expect(table.translate(["cœur", "foie", "rein"], "fr", "en")).rejects.toThrow(/2 of 3 texts/);
  });

  test.each([
    ["a\tb\nx\ty\n", /columns source and translation/],
    ["source\ttranslation\nx\n", /line 2: source or translation is empty/],
  ])("says what is wrong: %j", async (content, message) => {
    using folder = new TempFolder();
    await expect(tableTranslator(folder.write("t.tsv", content))).rejects.toThrow(message);
  });
});

describe("the cache of translations", () => {
  test("asks for nothing twice, not in another run either, and forgives a line cut short", async () => {
    using folder = new TempFolder();
    const path = folder.write("cache.jsonl", "");
    const first = upper();
    const cached = cachedTranslator(first, path);
    expect(await cached.translate(["a", "b", "a"], "fr", "en")).toEqual(["A", "B", "A"]);
    expect(first.translate).toHaveBeenCalledExactlyOnceWith(["a", "b"], "fr", "en");
    appendFileSync(path, '{"key":"cut');
    const second = upper();
    expect(await cachedTranslator(second, path).translate(["b", "a"], "fr", "en")).toEqual(["B", "A"]);
    expect(second.translate).not.toHaveBeenCalled();
    await cachedTranslator(second, path).translate(["a"], "de", "en");
    expect(second.translate).toHaveBeenCalledOnce();
  });

  test("keeps what came before an error", async () => {
    using folder = new TempFolder();
    const path = folder.write("cache.jsonl", "");
    const texts = Array.from({ length: 60 }, (_, i) => `t${i}`);
    const failing = upper();
    failing.translate
      .mockImplementationOnce(async (part: string[]) => part)
      .mockRejectedValueOnce(new Error("gone"));
    await expect(cachedTranslator(failing, path).translate(texts, "fr", "en")).rejects.toThrow("gone");
    const again = upper();
    await cachedTranslator(again, path).translate(texts, "fr", "en");
    expect(again.translate).toHaveBeenCalledExactlyOnceWith(texts.slice(40), "fr", "en");
  });
});

describe("an encoder that reads some languages alone", () => {
  const retrievers = [retriever("any"), retriever("english", ["en"])];

  test("gets the texts of others translated, and its own as they are", async () => {
    const texts = [{ text: "cœur", lang: "fr" }, { text: "heart", lang: "en" }, { text: "?" }];
    expect(await textsForEncoder(texts, retrievers[0]!, undefined)).toEqual(["cœur", "heart", "?"]);
    expect(await textsForEncoder(texts, retrievers[1]!, upper())).toEqual(["CŒUR", "heart", "?"]);
  });

  test("is left out loudly where nothing translates", () => {
    const told: string[] = [];
    const able = ableRetrievers(retrievers, new Set(["fr"]), undefined, (message) => told.push(message));
    expect(able).toEqual([retrievers[0]]);
    expect(told).toEqual([expect.stringMatching(/encoder english reads en and the lexicon is in fr/)]);
    expect(ableRetrievers(retrievers, new Set(["fr"]), upper(), () => undefined)).toEqual(retrievers);
    expect(() => ableRetrievers([retrievers[1]!], new Set(["fr"]), undefined, () => undefined)).toThrow(
      /no encoder/,
    );
  });
});
