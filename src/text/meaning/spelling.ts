const KEYS = new Map<string, string>();
const REMEMBERED = 20_000;

/**
 * A folded word in a form that its plural, its British and its American spelling share: `oedema`, `edema`; `tumours`, `tumor`;
 * `leukaemias`, `leukemia`. It is no word; it serves to compare.
 */
export function spellingKey(word: string): string {
  const known = KEYS.get(word);
  if (known !== undefined) return known;
  const key = made(word);
  if (KEYS.size >= REMEMBERED) KEYS.clear();
  KEYS.set(word, key);
  return key;
}

function made(word: string): string {
  if (word.length < 4) return word;
  const spelt = word
    .replace(/[ao]e/g, "e")
    .replace(/our(?=s?$|ed$|ing$|al$|less$)/, "or")
    .replace(/is(?=e[sd]?$|ation|ing$)/, "iz")
    .replace(/ys(?=e[sd]?$|ing$)/, "yz")
    .replace(/ll(?=ed$|ing$)/, "l")
    .replace(/(?<=\p{L}{2})tre$/u, "ter")
    .replace(/gram(?:me)s?$/, "gram")
    .replace(/phth/g, "pht")
    .replace(/ph/g, "f")
    .replace(/sulf/g, "sulf")
    .replace(/(?<=[^\s])y(?=[bcdfglmnprst])/g, "i");
  return spelt
    .replace(/(?:ies|y)$/, "i")
    .replace(/aux$/, "al")
    .replace(/(?<=\p{L}{3})(?:es|s|x|e)$/u, "");
}
