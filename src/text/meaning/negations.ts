/** Words that deny what stands beside them, folded, by LAT. */
const NEGATIONS: Readonly<Record<string, string>> = {
  ENG: "no not without denies denied deny denying never none neither nor absent lacking lacks lack nil",
  FRE: "sans pas non aucun aucune jamais ni absence absent absente absents absentes nie exempt",
  GER: "kein keine keiner keinen keines keinem nicht ohne nie niemals fehlend fehlende fehlendes fehlender abwesenheit fehlen",
  SPA: "sin no nunca ningun ninguna ninguno niega ausencia ausente ausentes tampoco",
  ITA: "senza non nessun nessuna nessuno mai nega assenza assente assenti",
  POR: "sem nao nunca nenhum nenhuma nega ausencia ausente ausentes",
  DUT: "geen zonder niet nooit afwezig afwezigheid ontbreken",
  POL: "nie bez brak nigdy nieobecnosc",
  CZE: "bez neni zadny zadna nikdy nepritomnost",
};

/** Words of one language that deny in another: they count as negations in neither text of that language. */
const HARMLESS: Readonly<Record<string, string>> = {
  POR: "no",
  DUT: "nie",
  POL: "non",
  CZE: "non nie",
  ENG: "nie ni mai pas sem bez sin nil",
};

const BY_LAT = new Map(Object.entries(NEGATIONS).map(([lat, words]) => [lat, new Set(words.split(" "))]));
const LATS_OF = new Map<string, string[]>();
for (const [lat, words] of BY_LAT)
  for (const word of words) LATS_OF.set(word, [...(LATS_OF.get(word) ?? []), lat]);
const HARMLESS_IN = new Map(Object.entries(HARMLESS).map(([lat, words]) => [lat, new Set(words.split(" "))]));

/**
 * The languages (LAT) in which a folded word denies; undefined where it denies in none, or not in a text of the language `lat`.
 */
export function negationLanguages(word: string, lat?: string): readonly string[] | undefined {
  const lats = LATS_OF.get(word);
  if (!lats) return undefined;
  if (lat === undefined || lats.includes(lat)) return lats;
  return HARMLESS_IN.get(lat)?.has(word) ? undefined : lats;
}

/** Whether a folded word denies in any language: no such word may ever be dropped from a text. */
export function isNegation(word: string): boolean {
  return LATS_OF.has(word);
}

/** Several words that deny as one, with the one of their language that says the same; on text with accents. */
export const DENYING: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:absence|lack|negative history)\s+of\b|\bfree\s+(?:of|from)\b|\brule[sd]? out\b|\bno (?:evidence|signs?|history|known|complaints?) of\b|\b(?:does|do|did|is|are|was|has|have|had)(?:n['’]t| not)\b|\bexcluded\b/giu,
    " not ",
  ],
  [/\b(?:absence|manque|indemne)\s+(?:de\b|d['’])|\b(?:pas|point) (?:de\b|d['’])/giu, " sans "],
  [/\bausencia de\b/giu, " sin "],
  [/\bassenza di\b/giu, " senza "],
  [/\bausência de\b/giu, " sem "],
];
/** What says nothing though it looks like a negation. */
export const NEUTRAL =
  /(?<!\p{L})(?:not otherwise specified|not elsewhere classified|not further specified|not specified|unspecified(?: type| site)?|N\.?O\.?S\.?|NEC|NCA|SAI|sans (?:autre )?(?:précision|indication)s?|non (?:précisée?s?|spécifiée?s?|déterminée?s?|classée?s? ailleurs)|nicht (?:näher|anderweitig) (?:bezeichnet\p{L}*|klassifiziert\p{L}*)|o\.\s?n\.\s?A\.|no especificad[oa]s?|no clasificad[oa]s? en otra parte|non (?:specificat[oaie]|classificat[oaie] altrove)|não especificad[oa]s?|niet (?:gespecificeerd|elders geclassificeerd)|nie ?określon\p{L}*)(?!\p{L})/giu;
