import { DENYING, NEUTRAL } from "./negations.ts";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const POWER = new RegExp(`10[${SUPERSCRIPTS}]+`, "gu");
export const LIGATURES: Readonly<Record<string, string>> = {
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
};
export const GREEK: Readonly<Record<string, string>> = {
  α: "alpha",
  β: "beta",
  γ: "gamma",
  δ: "delta",
  ε: "epsilon",
  ζ: "zeta",
  η: "eta",
  θ: "theta",
  ι: "iota",
  κ: "kappa",
  λ: "lambda",
  μ: "mu",
  ν: "nu",
  ξ: "xi",
  π: "pi",
  ρ: "rho",
  σ: "sigma",
  ς: "sigma",
  τ: "tau",
  φ: "phi",
  χ: "chi",
  ψ: "psi",
  ω: "omega",
};
export const GREEK_NAMES = new Set(Object.values(GREEK));

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));
/** Behind these a number, a letter or a Roman numeral says which one is meant. */
export const HEADS = words(
  "type types typ typus tipo tipos stage stages stade stadium stadio estadio estadiu stadion grade grad grado grau graad class classe klasse clase klasa factor facteur faktor fattore fator czynnik group groupe gruppe grupo gruppo groep phase fase faza degree degre category categorie kategorie categoria level niveau nivel nerve step chromosome cranial variant subtype number numero",
);
export const LETTER_HEADS = words(
  "hepatitis hepatite hepatitida zapalenie vitamin vitamine vitamina witamina influenza grippe gripe griep grypa haemophilia hemophilia hemophilie hamophilie hemofilia protein proteine proteina immunoglobulin immunoglobuline ig streptococcus streptococcal streptocoque blutgruppe meningococcal meningococcus meningocoque botulinum lipoprotein apolipoprotein coenzyme cyclosporin amphotericin interferon complement",
);
/** Letters that are words of their own in the middle of a text. */
export const LETTER_WORDS: Readonly<Record<string, string>> = {
  ENG: "a",
  FRE: "a y",
  SPA: "a y o e u",
  POR: "a o e",
  ITA: "a e o i",
  POL: "a i o u w z",
  CZE: "a i k o s u v z",
};
export const ANY_LETTER_WORD = new Set(Object.values(LETTER_WORDS).join(" ").split(" "));

const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/&lt;/gi, "<"],
  [/&gt;/gi, ">"],
  [
    /(?<![\p{L}])(?:less than or equal to|inférieure?s? ou égale?s? à|égale?s? ou inférieure?s? à|kleiner oder gleich|menor o igual (?:que|a)|at most|no more than|not more than|au plus|höchstens|como máximo|al massimo|up to|jusqu['’]à)\s*(?=[\d.])/giu,
    " ≤ ",
  ],
  [
    /(?<![\p{L}])(?:greater than or equal to|supérieure?s? ou égale?s? à|égale?s? ou supérieure?s? à|größer oder gleich|mayor o igual (?:que|a)|at least|no less than|not less than|au moins|mindestens|al menos|almeno|pelo menos)\s*(?=[\d.])/giu,
    " ≥ ",
  ],
  [
    /(?<![\p{L}])(?:(?:less|lower|smaller|fewer) than|under|below|moins de|inférieure?s? à|weniger als|kleiner als|unter|menos de|menor (?:de|que|a)|meno di|inferiore a|minder dan|mniej niż|méně než)\s*(?=[\d.])/giu,
    " < ",
  ],
  [
    /(?<![\p{L}])(?:(?:more|greater|higher|larger) than|over|above|plus de|supérieure?s? à|mehr als|größer als|über|más de|mayor (?:de|que|a)|mais de|maior que|più di|superiore a|meer dan|więcej niż|více než)\s*(?=[\d.])/giu,
    " > ",
  ],
  [/<\s?=|=\s?<|≦|⩽/g, "≤"],
  [/>\s?=|=\s?>|≧|⩾/g, "≥"],
  [/!=/g, "≠"],
  [/\+\s?\/\s?[-−–]/g, "±"],
  [/\b(?:per\s?cent|pour\s?cents?|por\s?ciento|per\s?cento|procent)\b/giu, "%"],
];

export const NUMBER = String.raw`(?:\d{1,3}(?:[ \u00a0\u202f']\d{3})+(?!\d)|\d[\d.,]*\d|\d|(?<![\p{L}\d])[.,]\d+)`;
export const UNIT = String.raw`(?:%|‰|°\s?[CF](?![\p{L}])|℃|℉|[\p{L}μ]{1,12}\d?(?:\/[\p{L}μ]{1,9}\d?){0,2})`;
// What may stand behind a number without a space and still be a unit: `500mg`, but not `2D`, `3A`.
const GLUED = String.raw`(?:[mk]?g|m?c?g|[uµμnp]g|[mdcuμ]?l|[cm]m|m?mol|meq|iu|ui|h|hrs?|min|sec|yo|yrs?|mmhg|kcal|gy|[mMkK]?[gG]|[mMdD]?[lL])(?:\/[\p{L}μ]{1,9}\d?)?`;
export const PIECES = new RegExp(
  [
    String.raw`(?<karyotype>\b(?:4[4-9]|69|92)\s?,\s?[XY]{1,5}\b|\b(?:t|inv|del|dup|ins|der|add)\(\s?[\dXYpq;:., ]{1,24}\))`,
    String.raw`(?<range>(?<![\p{L}\d.,-])${NUMBER}\s?(?:[-–—]|to|à|a|bis|hasta|until|do)\s?${NUMBER}(?![\p{L}\d])(?:\s?${UNIT}(?![\p{L}\d]))?)`,
    String.raw`(?<ratio>(?<![\p{L}\d.,/])${NUMBER}\s?[:/]\s?${NUMBER}(?![\p{L}\d/]))`,
    String.raw`(?<bands>\b(?:\d{1,2}|[XY])[pq]\d*(?:\.\d+)?(?:[-–]?[pq]\d+(?:\.\d+)?)?)(?![\p{L}\d])`,
    String.raw`(?<number>(?<![\p{L}\d.,])${NUMBER}(?:st|nd|rd|th|er|ère|ere|e|è|i?ème|i?eme|I?EME|I?ÈME|E|º|ª|°)?(?![\p{L}\d])|(?<![\p{L}\d.,])${NUMBER}(?=(?:${GLUED})(?![\p{L}\d])))`,
    String.raw`(?<dotted>(?<![\p{L}\d.])\p{L}\.(?:\s?\p{L}\.)+(?:\p{L}(?![\p{L}]))?)`,
    String.raw`(?<word>[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:-(?=\d)\d+[\p{L}\d]*)*)`,
    "(?<comparison>[<>≤≥≠])",
    "(?<sign>[+±−-])",
  ].join("|"),
  "gu",
);

// Most texts have none of these; to look for each costs more than all the rest.
const MAY_BE_NEUTRAL = /nos|nec|nca|sai|spec|spéc|préc|clas|indication|bezeichnet|déterm|n\. ?a|określ/i;
const MAY_DENY =
  /absen|ausência|ausencia|assenza|lack|free|rule|no |not |n['’]t |history|exclud|pas |point |manque|indemne/i;
const MAY_SAY_A_SIGN = /[\d<>&=+!\u2266\u2267\u2a7d\u2a7e]|cent|ciento/i;
/** `pre-eclampsia`, `anti-inflammatory`: the prefix is part of the word. */
const HYPHENED =
  /(?<!\p{L})(pre|pré|post|sub|anti|pseudo|hyper|hypo|peri|micro|macro|para|intra|extra|inter|supra|infra|semi|auto|poly|mono|endo|exo|retro)-(?=\p{L}{3,})/giu;
const PLAIN = /^[A-Za-z ,;:()'À-ɏ]*$/;

/** Whether a text has neither digits nor signs: words are all that is to be read in it. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** A text before it is read: forms of one character unified, phrases that say a sign or deny made one. */
export function prepared(text: string): string {
  let whole = PLAIN.test(text)
    ? text
    : text
        .replace(
          POWER,
          (power) => `10 ${[...power.slice(2)].map((sign) => SUPERSCRIPTS.indexOf(sign)).join("")}`,
        )
        .replace(/⁻/g, "−")
        .normalize("NFKC")
        .replace(/[\u2010\u2011]/g, "-")
        .replace(/[\u200b\u00ad\ufeff]/g, "");
  whole = whole.replace(HYPHENED, "$1");
  if (MAY_BE_NEUTRAL.test(whole)) whole = whole.replace(NEUTRAL, " ");
  const phrases = [...(MAY_DENY.test(whole) ? DENYING : []), ...(MAY_SAY_A_SIGN.test(whole) ? PHRASES : [])];
  for (const [phrase, sign] of phrases) whole = whole.replace(phrase, sign);
  return whole;
}
