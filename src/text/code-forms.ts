/**
 * A source's code in the forms in which people type it: as it is, and without the name of its source (`A00.0` for
 * `ICD10CM:A00.0`, `0000014` for `MEDQUAD:ADAM:0000014`).
 */
export function codeForms(code: string): string[] {
  const parts = code.split(":");
  const short = parts.at(-1)!;
  return parts.length === 1 || short === "" ? [code] : [...new Set([code, parts.slice(1).join(":"), short])];
}

/**
 * Writings of a text that may be a code or a CUI, or undefined for one that can't be: one word with a digit in it, as
 * typed and in capitals, with a colon where OBO's addresses have an underscore (`HP_0003270`).
 */
export function codeWritings(text: string): string[] | undefined {
  if (!/^[\p{L}\p{N}.:_/+-]{2,40}$/u.test(text) || !/\d/.test(text)) return undefined;
  const capitals = text.toUpperCase();
  return [...new Set([text, capitals, capitals.replace(/^([A-Z]+)_(?=\d+$)/, "$1:")])];
}
