/**
 * A folded word in a form that its plural, its British and its American spelling share: `oedema`, `edema`; `tumours`, `tumor`;
 * `leukaemias`, `leukemia`. It is no word; it serves to compare.
 */
export function spellingKey(word: string): string {
  if (word.length < 4) return word;
  return (SPELT_OTHERWISE.test(word) ? spelt(word) : word)
    .replace(/(?:ies|y)$/, "i")
    .replace(/aux$/, "al")
    .replace(/(?<=\p{L}{3})(?:es|s|x|e)$/u, "");
}

const SPELT_OTHERWISE = /[ao]e|our|is|ys|ll|tre|gram|ph|y/;

function spelt(word: string): string {
  return word
    .replace(/[ao]e/g, "e")
    .replace(/our(?=s?$|ed$|ing$|al$|less$)/, "or")
    .replace(/is(?=e[sd]?$|ation|ing$)/, "iz")
    .replace(/ys(?=e[sd]?$|ing$)/, "yz")
    .replace(/ll(?=ed$|ing$)/, "l")
    .replace(/(?<=\p{L}{2})tre$/u, "ter")
    .replace(/gram(?:me)s?$/, "gram")
    .replace(/phth/g, "pht")
    .replace(/ph/g, "f")
    .replace(/y(?=[bcdfglmnprst])/g, "i");
}
