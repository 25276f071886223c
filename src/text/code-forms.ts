/**
 * A source's code in the forms in which people type it: as it is, and without the name of its source (`A00.0` for
 * `ICD10CM:A00.0`, `0000014` for `MEDQUAD:ADAM:0000014`).
 */
export function codeForms(code: string): string[] {
  const parts = code.split(":");
  const short = parts.at(-1)!;
  return parts.length === 1 || short === "" ? [code] : [...new Set([code, parts.slice(1).join(":"), short])];
}
