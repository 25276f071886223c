import type { KeptAtom } from "../../terminology/concept.ts";
import { type CodeLookup, codeLookup, isOfSource } from "../../terminology/identifiers/code-spellings.ts";
import { codeForms } from "../../text/code-forms.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";
import { type StoredString, storedString } from "./stored-string.ts";

/** A string with those of its atoms whose code or concept a text names. */
export interface CodedString extends StoredString {
  by: "code" | "cui";
  /** Whether the code is as it was typed; else with a dot, a dash or a zero more or less. */
  asTyped: boolean;
  /** The code that was found. */
  code: string;
  cuis: readonly string[];
}

type Reading = Pick<VectorStore, "find">;
const MAX_SAME = 200;
/** Codes that are shown below one that is being typed. */
const MAX_BELOW = 60;
const LETTERS = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Strings of the codes and concepts that a text names, in any of the forms in which people write them. */
export async function stringsOfCode(
  store: Reading,
  collection: string,
  text: string,
): Promise<CodedString[]> {
  const lookup = codeLookup(text);
  if (!lookup || !mayBeCode(text, lookup)) return [];
  const { identifier, typed, respelt, whole } = lookup;
  const codes = [...typed, ...respelt, ...whole];
  const cuis = [...new Set([...whole, ...typed, text.trim()])];
  const [coded, ofConcept] = await Promise.all([
    store.find(collection, "code", codes, MAX_SAME),
    store.find(collection, "cui", cuis, MAX_SAME),
  ]);
  const asTyped = new Set([...typed, ...whole]);
  const found: CodedString[] = [];
  for (const string of coded.map(storedString)) {
    const atoms = string.record.atoms.filter((atom) => isOfSource(identifier, atom));
    for (const isTyped of [true, false]) {
      const own = atoms.filter((atom) =>
        codeForms(atom.code).some((form) => codes.includes(form) && asTyped.has(form) === isTyped),
      );
      if (own.length > 0) found.push(coded1(string, "code", isTyped, own));
    }
  }
  // A prefix that is no CUI's own was for the codes: `NCIT:C9305` is not the concept C9305.
  const isCui = identifier.prefix === undefined || identifier.prefix === "UMLS";
  for (const string of ofConcept.map(storedString)) {
    const own = string.record.atoms.filter(
      ({ cui }) => whole.includes(cui) || cui === text.trim() || (isCui && typed.includes(cui)),
    );
    if (own.length > 0) found.push(coded1(string, "cui", true, own));
  }
  return found.sort((a, b) => Number(b.asTyped) - Number(a.asTyped));
}

function coded1(
  string: StoredString,
  by: "code" | "cui",
  asTyped: boolean,
  atoms: readonly KeptAtom[],
): CodedString {
  return { ...string, by, asTyped, code: atoms[0]!.code, cuis: [...new Set(atoms.map(({ cui }) => cui))] };
}

/** A word without a digit is a code only with its source before it. */
function mayBeCode(text: string, { identifier: { prefix } }: CodeLookup): boolean {
  return /\d/.test(text) || prefix !== undefined;
}

/** What a text begins as a code (`E11`, `e11.`, `ICD-10 E11`): the code without its dot at the end; undefined for other texts. */
function codeBeginning(text: string): { begun: string; lookup: CodeLookup } | undefined {
  const lookup = codeLookup(text.trim().replace(/[.*]+$/, ""));
  if (!lookup) return undefined;
  const begun = lookup.identifier.local.toUpperCase();
  if (lookup.identifier.form === "iri") return undefined;
  const isBegun =
    /^[A-Z]\d[0-9A-Z]?(?:\.[0-9A-Z]{0,3})?$/.test(begun) ||
    /^[A-Z]\d[0-9A-Z]{2,5}$/.test(begun) ||
    /^\d{3}(?:\.\d?)?$/.test(begun);
  return isBegun ? { begun, lookup } : undefined;
}

/**
 * Strings of the codes that go on where one ends: of `E11` those of `E11.0`, `E11.65` …, in the order of the codes. The store looks
 * up whole codes alone; what may follow is tried letter by letter, level by level, which a code's own shape keeps short.
 */
export async function codesBelow(store: Reading, collection: string, text: string): Promise<CodedString[]> {
  const beginning = codeBeginning(text);
  if (!beginning) return [];
  const { lookup } = beginning;
  const found = new Map<string, CodedString>();
  let level = [dottedBeginning(beginning.begun)];
  for (let depth = 0; depth < 4 && level.length > 0 && found.size < 4 * MAX_BELOW; depth++) {
    const asked = level.flatMap((code) => next(code));
    const codes = await lookUp(store, collection, asked, lookup, found);
    // Of some the code in between is not in the release: E11 and E11.65 without E11.6.
    const between = depth === 0 ? asked.filter((code) => !codes.includes(code)) : [];
    const deeper = between.flatMap((code) => LETTERS.map((letter) => code + letter));
    const behind = deeper.length > 0 ? await lookUp(store, collection, deeper, lookup, found) : [];
    level = [...codes, ...behind].slice(0, MAX_BELOW);
  }
  const ordered = [...found.values()].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
  const kept = new Set([...new Set(ordered.map(({ code }) => code))].slice(0, MAX_BELOW));
  return ordered.filter(({ code }) => kept.has(code));
}

async function lookUp(
  store: Reading,
  collection: string,
  codes: readonly string[],
  { identifier }: CodeLookup,
  found: Map<string, CodedString>,
): Promise<string[]> {
  const wanted = new Set(codes);
  const known = new Set<string>();
  for (const string of (await store.find(collection, "code", codes, 10 * MAX_SAME)).map(storedString)) {
    const atoms = string.record.atoms.filter(
      (atom) => isOfSource(identifier, atom) && codeForms(atom.code).some((form) => wanted.has(form)),
    );
    for (const atom of atoms) {
      const code = codeForms(atom.code).find((form) => wanted.has(form))!;
      known.add(code);
      const key = `${string.ref.id} ${code}`;
      if (!found.has(key)) found.set(key, { ...coded1(string, "code", false, [atom]), code });
    }
  }
  return [...known].sort();
}

/** `E119` is E11.9; three signs have a dot behind them before more follow. */
function dottedBeginning(begun: string): string {
  return /^[A-Z]\d[0-9A-Z]{2,5}$/.test(begun) ? `${begun.slice(0, 3)}.${begun.slice(3)}` : begun;
}

function next(code: string): string[] {
  if (/^(?:[A-Z]\d[0-9A-Z]|\d{3})$/.test(code)) return LETTERS.map((letter) => `${code}.${letter}`);
  return LETTERS.map((letter) => code + letter);
}
