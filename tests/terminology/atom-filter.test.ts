import { describe, expect, it } from "vitest";
import { type AtomFilterOptions, atomFilter } from "../../src/terminology/atom-filter.ts";
import { isoOf, languageCode, latOf } from "../../src/terminology/languages.ts";
import { atom } from "./support/rrf-lines.ts";

const ATOMS = [
  atom({ aui: "english" }),
  atom({ aui: "french", lat: "FRE", sab: "MSHFRE" }),
  atom({ aui: "croatian", lat: "SCR", sab: "MSHSCR", tty: "SY" }),
  atom({ aui: "croatian-new", lat: "HRV", sab: "OTHER", tty: "SY" }),
  atom({ aui: "obsolete", suppress: "O" }),
  atom({ aui: "edited", suppress: "E" }),
  atom({ aui: "by-type", suppress: "Y" }),
];
const CURRENT = ["english", "french", "croatian", "croatian-new"];

describe("the filter of atoms", () => {
  it.each<[string, AtomFilterOptions, string[]]>([
    ["skips what is obsolete or suppressed", {}, CURRENT],
    ["keeps it when told to", { includeSuppressed: true }, [...CURRENT, "obsolete", "edited", "by-type"]],
    ["keeps the sources named, in any case", { sab: ["mshfre", " MSH "] }, ["english", "french"]],
    ["keeps the languages named, by either code", { lat: ["fr", "ENG"] }, ["english", "french"]],
    ["knows both codes of a language", { lat: ["hr"] }, ["croatian", "croatian-new"]],
    ["keeps the term types named", { tty: ["SY"] }, ["croatian", "croatian-new"]],
    ["wants all conditions at once", { tty: ["SY"], sab: ["MSHSCR"], lat: ["SCR"] }, ["croatian"]],
    ["takes an empty list for no condition", { sab: [], lat: [], tty: [] }, CURRENT],
    ["lets a language of a release's own pass as it is", { lat: ["QQQ"] }, []],
  ])("%s", (_, options, kept) => {
    expect(ATOMS.filter(atomFilter(options)).map(({ aui }) => aui)).toEqual(kept);
  });

  it("does not take what is no language", () => {
    expect(() => atomFilter({ lat: ["french"] })).toThrow(/"french" is no language: give LAT or ISO 639-1/);
  });
});

describe("the table of languages", () => {
  it.each([
    ["fr", "FRE"],
    ["FRE", "FRE"],
    ["fra", "FRE"],
    ["fr-CA", "FRE"],
    ["pt_BR", "POR"],
    [" EN ", "ENG"],
    ["nn", "NOR"],
    ["hr", "SCR"],
    ["HRV", "SCR"],
    ["zh-Hans", "CHI"],
    ["", undefined],
    ["klingon", undefined],
    ["xx", undefined],
  ])("knows %s as LAT %s", (tag, lat) => {
    expect(latOf(tag)).toBe(lat);
  });

  it("has an ISO 639-1 code for every language of UMLS, and back", () => {
    const umls =
      "ENG SPA FRE POR GER DUT ITA RUS CZE CHI JPN KOR HUN NOR SWE DAN FIN POL EST LAV LIT TUR ARA GRE HEB BAQ SCR UKR";
    for (const lat of umls.split(" ")) {
      expect(isoOf(lat), lat).toMatch(/^[a-z]{2}$/);
      expect(latOf(isoOf(lat)!)).toBe(lat);
    }
  });

  it("shortens tags of other languages, and refuses what is none", () => {
    expect(languageCode("HAW-US")).toBe("haw");
    expect(languageCode("français")).toBeUndefined();
  });
});
