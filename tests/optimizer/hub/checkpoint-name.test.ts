import { describe, expect, test } from "vitest";
import { parseCheckpointName } from "../../../src/optimizer/hub/checkpoint-name.ts";

describe("a checkpoint's name", () => {
  test.each([
    ["microsoft/BiomedNLP-KRISSBERT-PubMed-UMLS-EL", "microsoft/BiomedNLP-KRISSBERT-PubMed-UMLS-EL", "main"],
    [
      "cambridgeltl/SapBERT-UMLS-2020AB-all-lang-from-XLMR-large@v1.0",
      "cambridgeltl/SapBERT-UMLS-2020AB-all-lang-from-XLMR-large",
      "v1.0",
    ],
    ["a/b@refs/pr/1", "a/b", "refs/pr/1"],
  ])("%s", (text, repository, revision) => {
    expect(parseCheckpointName(text)).toEqual({ repository, revision });
  });

  test.each([
    "tiny",
    "./a/b",
    "../a/b",
    "/a/b",
    "a/b/c",
    "a/b@",
    "a/b@../x",
    "a/b@x//y",
    "a b/c",
    "-a/b",
    "",
  ])("is not %j", (text) => {
    expect(parseCheckpointName(text)).toBeUndefined();
  });
});
