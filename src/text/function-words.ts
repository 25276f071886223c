/**
 * Words that carry no meaning of their own in a name, by LAT, normalized. What changes a meaning is not here: `without`,
 * `non`, `or`. Nor are the French and Spanish `a`: most often it is a letter (`hépatite A`).
 */
const FUNCTION_WORDS: Readonly<Record<string, string>> = {
  ENG: "of and with for nos to in by on the an s",
  FRE: "de du des d l le la les un une et en au aux par pour sur dans chez s",
  SPA: "de del la el los las y en con por para un una al",
  POR: "de do da dos das em no na nos nas com por para um uma ao aos",
  GER: "der die das des dem den und in im von vom mit bei zu zur zum ein eine eines einer",
  DUT: "de het een van der den en in met door bij op voor",
  ITA: "di del della dello dei degli delle da dal dalla il lo la gli le ed in nel nella con per un una uno su d l",
};

const BY_LAT = new Map(
  Object.entries(FUNCTION_WORDS).map(([lat, words]) => [lat, new Set(words.split(" "))]),
);
const OF_ANY = new Set([...BY_LAT.values()].flatMap((words) => [...words]));
const NONE: ReadonlySet<string> = new Set();

/** Function words of a language; none where they are not known here. */
export function functionWords(lat: string): ReadonlySet<string> {
  return BY_LAT.get(lat) ?? NONE;
}

/** Languages whose function words are known. */
export const LANGUAGES_WITH_FUNCTION_WORDS: readonly string[] = [...BY_LAT.keys()];

/** Whether a normalized word is a function word in any of the languages. */
export function isFunctionWord(word: string): boolean {
  return OF_ANY.has(word);
}
