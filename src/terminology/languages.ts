/**
 * LAT of UMLS, ISO 639-1, and further codes that mean the same (ISO 639-2/T, macro-languages' members, old codes).
 * LAT follows ISO 639-2/B, but for Croatian, where UMLS keeps the old SCR. The first rows are the languages of UMLS,
 * the rest those that a table or an ontology may bring.
 */
const LANGUAGES: readonly (readonly [lat: string, iso: string, ...others: string[]])[] = [
  ["ENG", "en"],
  ["SPA", "es"],
  ["FRE", "fr", "fra"],
  ["POR", "pt"],
  ["GER", "de", "deu"],
  ["DUT", "nl", "nld"],
  ["ITA", "it"],
  ["RUS", "ru"],
  ["CZE", "cs", "ces"],
  ["CHI", "zh", "zho", "cmn"],
  ["JPN", "ja"],
  ["KOR", "ko"],
  ["HUN", "hu"],
  ["NOR", "no", "nb", "nn", "nob", "nno"],
  ["SWE", "sv"],
  ["DAN", "da"],
  ["FIN", "fi"],
  ["POL", "pl"],
  ["EST", "et", "ekk"],
  ["LAV", "lv", "lvs"],
  ["LIT", "lt"],
  ["TUR", "tr"],
  ["ARA", "ar", "arb"],
  ["GRE", "el", "ell"],
  ["HEB", "he", "iw"],
  ["BAQ", "eu", "eus"],
  ["SCR", "hr", "hrv"],
  ["UKR", "uk"],
  ["ALB", "sq", "sqi"],
  ["ARM", "hy", "hye"],
  ["BEL", "be"],
  ["BEN", "bn"],
  ["BOS", "bs"],
  ["BUL", "bg"],
  ["CAT", "ca"],
  ["GEO", "ka", "kat"],
  ["GLE", "ga"],
  ["GLG", "gl"],
  ["HIN", "hi"],
  ["ICE", "is", "isl"],
  ["IND", "id", "in"],
  ["LAT", "la"],
  ["LTZ", "lb"],
  ["MAC", "mk", "mkd"],
  ["MAY", "ms", "msa", "zsm"],
  ["MLT", "mt"],
  ["PER", "fa", "fas", "pes"],
  ["RUM", "ro", "ron", "mo"],
  ["SLO", "sk", "slk"],
  ["SLV", "sl"],
  ["SRP", "sr", "scc"],
  ["SWA", "sw", "swh"],
  ["THA", "th"],
  ["TGL", "tl", "fil"],
  ["URD", "ur"],
  ["VIE", "vi"],
  ["WEL", "cy", "cym"],
];

const LAT_OF = new Map(
  LANGUAGES.flatMap(([lat, ...codes]) => [lat, ...codes].map((code) => [code.toLowerCase(), lat])),
);
const ISO_OF = new Map(LANGUAGES.map(([lat, iso]) => [lat, iso]));

/**
 * LAT of a language tag in any usual form: `fr`, `FRE`, `fra`, `fr-CA`, `pt_BR`; undefined where the language is not
 * known. Croatian is SCR, as in UMLS.
 */
export function latOf(tag: string): string | undefined {
  return LAT_OF.get(
    tag
      .trim()
      .toLowerCase()
      .replace(/[-_].*$/, ""),
  );
}

/** All three-letter codes of a language in upper case, LAT first: `fr` → FRE, FRA; undefined where it is not known. */
export function threeLetterCodes(tag: string): string[] | undefined {
  const lat = latOf(tag);
  const codes = LANGUAGES.find(([known]) => known === lat);
  return codes?.filter((code) => code.length === 3).map((code) => code.toUpperCase());
}

/** ISO 639-1 of a LAT or of any tag that `latOf` knows; undefined where the language is not known. */
export function isoOf(lat: string): string | undefined {
  return ISO_OF.get(latOf(lat) ?? "");
}

/**
 * A language tag as a short code in lower case: ISO 639-1 where the language is known, else the two or three letters
 * that it begins with; undefined for what is no language tag.
 */
export function languageCode(tag: string): string | undefined {
  return isoOf(tag) ?? /^([a-z]{2,3})(?:[-_][a-z0-9-_]+)?$/.exec(tag.trim().toLowerCase())?.[1];
}

/** ISO 639-1 codes of the languages that are known here. */
export const KNOWN_LANGUAGES: readonly string[] = LANGUAGES.map(([, iso]) => iso);
