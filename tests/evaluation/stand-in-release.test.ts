import { expect, test } from "vitest";
import { standIn } from "../../benchmarks/support/stand-in-release.ts";

test("a stand-in release lacks the laypeople's names, which become queries unless the release has them otherwise", () => {
  const { obo, queries } = standIn(
    [
      "[Term]",
      "id: HP:1",
      "name: Pyrexia",
      'synonym: "Hot \\"head\\"" EXACT layperson []',
      'synonym: "Fever" EXACT []',
      "",
      "[Term]",
      "id: HP:2",
      "name: Hyperthermia",
      'synonym: "FEVER" EXACT layperson []',
      'synonym: "Hot \\"head\\"" RELATED layperson []',
    ].join("\n"),
  );
  expect(queries).toEqual([{ query: 'Hot "head"', ids: ["HP:1", "HP:2"] }]);
  expect(obo).not.toContain("layperson");
  expect(obo).toContain('synonym: "Fever" EXACT []');
});
