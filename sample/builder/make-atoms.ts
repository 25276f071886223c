import { createHash } from "node:crypto";
import {
  type Atom,
  type Concept,
  compare,
  EXPERT,
  LAY,
  type Lang,
  type Name,
  type Place,
  RANKS,
  type Suppress,
} from "./model.ts";
import { fail } from "./problems.ts";

/** An identifier of `letter` and eight digits, drawn from a hash of `key`; on a collision the next hash is taken. */
class Minter {
  readonly #taken = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  mint(key: string): string {
    const known = this.#ids.get(key);
    if (known) return known;
    for (let turn = 0; ; turn++) {
      const hash = createHash("sha256")
        .update(`${this.#prefix}\0${key}\0${String(turn)}`)
        .digest();
      const id = this.#prefix + String(10_000_000 + Number(hash.readBigUInt64BE() % 90_000_000n));
      if (this.#taken.has(id)) continue;
      this.#taken.set(id, key);
      this.#ids.set(key, id);
      return id;
    }
  }
}

const AUI = new Minter("A");
const LUI = new Minter("L");
const SUI = new Minter("S");
export const ATUI = new Minter("AT");
export const RUI = new Minter("R");

/** Strings that differ in case, punctuation or (in English) word order only are forms of one term. */
function termKey(text: string, lat: Lang): string {
  const words = text
    .toLowerCase()
    .replaceAll(/['’]s\b/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  return `${lat} ${(lat === "ENG" ? words.toSorted() : words).join(" ")}`;
}

export function makeAtoms(concept: Concept): Atom[] {
  const atoms = concept.names.map((name): Atom => {
    const sab = (name.lay ? LAY : EXPERT)[name.lang];
    const tty = termType(name);
    const suppress: Suppress = name.mark === "O" || name.mark === "E" || name.mark === "Y" ? name.mark : "N";
    const rank = RANKS.find((one) => one.sab === sab && one.tty === tty)?.rank ?? 0;
    return {
      cui: concept.cui,
      lat: name.lang,
      sab,
      tty,
      code: concept.code,
      str: name.text,
      suppress,
      // A suppressed name never speaks for its concept.
      rank: suppress === "N" ? rank : rank - 1000,
      aui: AUI.mint([sab, concept.code, tty, name.text].join("\0")),
      lui: LUI.mint(termKey(name.text, name.lang)),
      sui: SUI.mint(`${name.lang} ${name.text}`),
      ts: "S",
      stt: "VO",
      ispref: "N",
    };
  });
  for (const lat of ["ENG", "FRE"] as const) markForms(atoms.filter((atom) => atom.lat === lat));
  return atoms;
}

function termType(name: Name): string {
  if (name.mark === "AB") return "AB";
  if (name.mark === "O") return "IS";
  if (name.mark === "Y") return "DEV";
  return name.first && name.mark === "" ? "PT" : "SY";
}

/** TS, STT and ISPREF of the atoms of one concept in one language, best name first. */
function markForms(atoms: Atom[]): void {
  atoms.sort((a, b) => b.rank - a.rank || compare(a.aui, b.aui));
  const best = atoms[0];
  const form = new Map<string, Atom>();
  const strings = new Set<string>();
  for (const atom of atoms) {
    const preferred = form.get(atom.lui) ?? atom;
    form.set(atom.lui, preferred);
    atom.ts = atom.lui === best?.lui ? "P" : "S";
    atom.stt = atom.sui === preferred.sui ? "PF" : variant(preferred.str, atom.str);
    atom.ispref = strings.has(atom.sui) ? "N" : "Y";
    strings.add(atom.sui);
  }
}

function variant(preferred: string, text: string): Atom["stt"] {
  const words = (one: string): string => one.split(" ").toSorted().join(" ");
  if (preferred.toLowerCase() === text.toLowerCase()) return "VC";
  if (words(preferred) === words(text)) return "VW";
  if (words(preferred.toLowerCase()) === words(text.toLowerCase())) return "VCW";
  return "VO";
}

/** What UMLS promises of MRCONSO and readers rely on. */
export function checkAtoms(atoms: Atom[], concepts: Concept[]): void {
  const at: Place = { file: "sample/META/MRCONSO.RRF", line: 0 };
  if (new Set(atoms.map((atom) => atom.aui)).size !== atoms.length) fail(at, "an AUI stands twice");
  for (const concept of concepts) {
    for (const lat of ["ENG", "FRE"]) {
      const best = atoms.filter(
        (atom) =>
          atom.cui === concept.cui &&
          atom.lat === lat &&
          atom.ts === "P" &&
          atom.stt === "PF" &&
          atom.ispref === "Y",
      );
      if (best.length !== 1 || best[0]?.tty !== "PT" || best[0].suppress !== "N")
        fail(concept.at, `${String(best.length)} preferred atoms in ${lat}, or a wrong one`);
    }
  }
}
