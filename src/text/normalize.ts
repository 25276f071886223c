const LIGATURES: Readonly<Record<string, string>> = {
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
};

/**
 * The form in which two strings count as the same but for their writing: compatibility forms unified, accents and
 * case folded, everything that is neither letter nor digit a space, spaces collapsed.
 *
 * A string of signs alone (`+`) keeps them, because nothing else would tell it from others.
 */
export function normalizeText(text: string): string {
  const folded = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[œæßøłđðþ]/g, (letter) => LIGATURES[letter]!);
  const words = folded.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  return words === "" ? folded.replace(/\s+/gu, " ").trim() : words.normalize("NFC");
}
