import { expect, test } from "vitest";
import { parseQdrantUrl } from "../../../src/vector-store/qdrant/store-settings.ts";

test("a URL names nodes and settings, and shows no key", () => {
  const { origins, apiKey, settings, shown } = parseQdrantUrl(
    "qdrant+https://:s%20cret@a.example:443,b.example?replicas=2&memory=16GB&quantization=turbo",
    {},
  );
  expect(origins).toEqual(["https://a.example:443", "https://b.example:6333"]);
  expect(apiKey).toBe("s cret");
  expect(settings).toMatchObject({ replicas: 2, memory: 16e9, quantization: "turbo", m: 24 });
  expect(shown).toBe("qdrant+https://a.example:443,b.example?replicas=2&memory=16GB&quantization=turbo");
});

test("the key comes from the environment where the URL has none", () => {
  expect(parseQdrantUrl("qdrant+http://[::1]:6333/", { TERMDUET_QDRANT_API_KEY: "k" })).toMatchObject({
    origins: ["http://[::1]:6333"],
    apiKey: "k",
    shown: "qdrant+http://[::1]:6333",
  });
});

test.each([
  ["qdrant+http://", /no address of a Qdrant/],
  ["qdrant+http://:secret@", /no address of a Qdrant/],
  ["qdrant+http://:secret@host:port", /no address of a Qdrant/],
  ["qdrant+http://:secret@h?replica=2", /setting replica is wrong .*replicas/],
  ["qdrant+http://:secret@h?memory=lots", /setting memory is wrong/],
  ["qdrant+http://:secret@h?segment-size=5", /setting segment-size is wrong/],
  ["qdrant+http://:secret@h?quantization=int4", /setting quantization is wrong/],
  ["qdrant+http://:secret@h?shards=0", /setting shards is wrong/],
])("%s is refused in one line that does not tell the key", (url, message) => {
  try {
    parseQdrantUrl(url, {});
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "usage", message: expect.stringMatching(message) });
    expect((error as Error).message).not.toMatch(/secret|\n/);
  }
});
