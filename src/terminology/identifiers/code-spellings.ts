import { type Identifier, parseIdentifier } from "./identifier.ts";
import { identifierPrefix, sourceKey, sourceKeys } from "./prefixes.ts";

/** What a typed text is looked up as among codes and CUIs. */
export interface CodeLookup {
  identifier: Identifier;
  /** The code itself as typed and in other cases. */
  typed: string[];
  /** With the dot, the dash or the zeros that were left out, or without those that are one too many. */
  respelt: string[];
  /** With its prefix, as identifiers of concepts are. */
  whole: string[];
}

/** How a text may be written as a code or an identifier; undefined for one that can't be either. */
export function codeLookup(text: string): CodeLookup | undefined {
  const identifier = parseIdentifier(text);
  if (!identifier) return undefined;
  const { prefix, local } = identifier;
  const own = prefix === undefined ? undefined : identifierPrefix(prefix);
  const names =
    prefix === undefined ? [] : [prefix, ...(own?.names.filter((name) => /^\S+$/.test(name)) ?? [])];
  const typed = distinct([local, local.toUpperCase(), local.toLowerCase()]);
  const whole = names.flatMap((name) => typed.flatMap((code) => [`${name}:${code}`, `${name}_${code}`]));
  const upper = local.toUpperCase();
  const respelt = respellings(upper).filter((code) => !typed.includes(code));
  const as = text.trim();
  return { identifier, typed: distinct([...typed, as, as.toUpperCase()]), respelt, whole: distinct(whole) };
}

/**
 * Whether a source (its SAB) or the prefix of a stored code is the one that was named; true for a bare code.
 */
export function isOfSource({ prefix }: Identifier, { sab, code }: { sab: string; code: string }): boolean {
  if (prefix === undefined) return true;
  const keys = sourceKeys(prefix);
  if (keys.has(sourceKey(sab))) return true;
  return code
    .split(":")
    .slice(0, -1)
    .some((part) => keys.has(sourceKey(part)));
}

/**
 * Writings of a code that spreadsheets and habits make of it: ICD's without the dot (`E119`, `2724`, `V103`, `E8120`) or with one
 * where the source has none, a last zero lost or added (`345.1` for 345.10), zeros in front lost (`38.9`), LOINC's check digit without its dash.
 */
function respellings(code: string): string[] {
  const found: string[] = [];
  if (/^[A-Z]\d[0-9A-Z][0-9A-Z]{1,4}$/.test(code)) found.push(dotted(code, 3));
  if (/^E\d{4}$/.test(code)) found.push(dotted(code, 4));
  if (/^\d{4,5}$/.test(code)) found.push(dotted(code, 3));
  if (/^\d{3}$/.test(code)) found.push(dotted(code.padStart(4, "0"), 3), `0${code}`);
  if (/^\d{1,2}(?:\.\d{1,2})?$/.test(code))
    found.push(code.replace(/^\d+/, (digits) => digits.padStart(3, "0")));
  if (/^[A-Z]?\d[0-9A-Z]{1,3}\.[0-9A-Z]{1,4}$/.test(code)) found.push(code.replace(".", ""));
  if (/^[A-Z]?\d{2,3}-[0-9A-Z]{1,4}$/.test(code)) found.push(code.replace("-", "."));
  for (const one of [code, ...found]) {
    if (/\.\d$/.test(one)) found.push(`${one}0`);
    if (/\.\d0$/.test(one)) found.push(one.slice(0, -1));
    if (/\.0$/.test(one)) found.push(one.slice(0, -2));
    if (/\.$/.test(one)) found.push(one.slice(0, -1));
  }
  if (/^\d{4,7}$/.test(code)) found.push(`${code.slice(0, -1)}-${code.slice(-1)}`);
  if (/^\d{3,6}-\d$/.test(code)) found.push(code.replace("-", ""));
  return distinct(found);
}

function dotted(code: string, at: number): string {
  return `${code.slice(0, at)}.${code.slice(at)}`;
}

/**
 * Whether a text is written as nothing but a code is: with a known prefix, as an address, or in the form of ICD's, LOINC's,
 * SNOMED CT's and UMLS's own. `B12`, `CD4` and `p53` are not: they are names too.
 */
export function isCodeLike(text: string): boolean {
  const identifier = parseIdentifier(text);
  if (!identifier) return false;
  const { prefix, local, form } = identifier;
  const hasDigit = /\d/.test(local);
  if (form === "iri") return hasDigit;
  if (prefix !== undefined)
    return (
      hasDigit &&
      (identifierPrefix(prefix) !== undefined ||
        (/^[A-Z][A-Z0-9_]+$/.test(prefix) && /^[\d.]{3,}$/.test(local)))
    );
  const code = local.toUpperCase();
  return (
    /^C\d{7}$/.test(code) ||
    /^[A-Z]\d[0-9A-Z]\.[0-9A-Z]{0,4}$/.test(code) ||
    /^[A-Z]\d{2}\d{1,4}$/.test(code) ||
    /^[A-Z]\d[0-9A-Z][0-9X]{3}[A-Z]$/.test(code) ||
    /^\d{4,18}$/.test(code) ||
    /^\d{3}\.\d{0,2}$/.test(code) ||
    /^\d{3,6}-\d$/.test(code) ||
    /^\d{2,}@\d+$/.test(code) ||
    /^[A-Z]{2,12}_\d{3,}$/.test(code)
  );
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== "");
}
