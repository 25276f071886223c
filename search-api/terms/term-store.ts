import type { ConceptRecord, KeptAtom, StringRecord } from "../../src/terminology/concept.ts";
import { codeLookup } from "../../src/terminology/identifiers/code-spellings.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { codeForms } from "../../src/text/code-forms.ts";
import type { ReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { Call } from "../call.ts";
import type { SearchBackend } from "../search-backend.ts";
import { readingWithin, type StoreReading } from "./store-reading.ts";

export interface TermStoreDeps {
  store: StoreReading;
  releases: SearchBackend["releases"];
  /** The dataset that doors without such a parameter look into; absent where the store holds one. */
  dataset?: string | undefined;
}

/** An atom with its text. */
export type NamedAtom = ConceptRecord["atoms"][number];

/** A code of a source: its atoms, best first, and the concepts that they belong to. */
export interface SourceCode {
  sab: string;
  code: string;
  atoms: NamedAtom[];
  cuis: string[];
}

const MAX_STRINGS = 500;

/** Reads concepts and codes of the active release, for doors whose clients know them by identifiers. */
export class TermStore {
  readonly #deps: TermStoreDeps;

  constructor(deps: TermStoreDeps) {
    this.#deps = deps;
  }

  get store(): StoreReading {
    return this.#deps.store;
  }

  /** The same for one call: it asks the store nothing more once nobody waits. */
  within(call: Pick<Call, "signal" | "remainingMs">): TermStore {
    return new TermStore({ ...this.#deps, store: readingWithin(this.#deps.store, call) });
  }

  /** The active release. `version` is `current` or its name. Errors: `not-found` for another one. */
  async release(version = "current"): Promise<ReleaseRecord> {
    const record = await this.#deps.releases.resolve(this.#deps.dataset);
    if (version === "current" || version === record.release) return record;
    throw new TermduetError(
      "not-found",
      `this release is not served; ${record.dataset} ${record.release} is (current)`,
    );
  }

  /** Concepts in the order of the CUIs; those that are not there are left out. */
  async concepts(release: ReleaseRecord, cuis: readonly string[]): Promise<ConceptRecord[]> {
    const distinct = [...new Set(cuis)];
    if (distinct.length === 0) return [];
    const found = await this.store.find(release.concepts, "id", distinct, distinct.length);
    const byCui = new Map(found.map(({ id, body }) => [id, JSON.parse(body) as ConceptRecord]));
    return distinct.flatMap((cui) => byCui.get(cui) ?? []);
  }

  async concept(release: ReleaseRecord, cui: string): Promise<ConceptRecord | undefined> {
    const [exact, upper] = [cui, cui.toUpperCase()];
    const found = await this.concepts(release, [exact, upper]);
    return found.find((concept) => concept.cui === exact) ?? found[0];
  }

  /** Errors: `not-found`. */
  async conceptOrThrow(release: ReleaseRecord, cui: string): Promise<ConceptRecord> {
    const concept = await this.concept(release, cui);
    if (concept) return concept;
    throw new TermduetError(
      "not-found",
      `${release.dataset} ${release.release} holds no concept of this identifier`,
    );
  }

  /** A code of a source, in any of the forms in which people type it; undefined where it is not there. */
  async code(release: ReleaseRecord, sab: string, code: string): Promise<SourceCode | undefined> {
    const lookup = codeLookup(code);
    // Of a code without a digit nothing but itself is known.
    const writings = [...new Set([code, code.toUpperCase(), ...(lookup?.typed ?? [])])];
    return (
      (await this.#codeAs(release, sab, writings)) ??
      (lookup ? this.#codeAs(release, sab, [...lookup.whole, ...lookup.respelt]) : undefined)
    );
  }

  async #codeAs(
    release: ReleaseRecord,
    sab: string,
    writings: readonly string[],
  ): Promise<SourceCode | undefined> {
    const found = await this.store.find(release.strings, "code", writings, MAX_STRINGS);
    const atoms = found.flatMap(({ body }) => {
      const { text, atoms: all } = JSON.parse(body) as StringRecord;
      const own = all.filter(
        (a) => a.sab === sab && codeForms(a.code).some((form) => writings.includes(form)),
      );
      return own.map((atom) => ({ ...atom, str: text }));
    });
    atoms.sort(
      (a, b) =>
        writings.indexOf(formOf(a.code, writings)) - writings.indexOf(formOf(b.code, writings)) ||
        compareAtoms(a, b),
    );
    const first = atoms[0];
    if (!first) return undefined;
    const same = atoms.filter((atom) => atom.code === first.code);
    return { sab, code: first.code, atoms: same, cuis: [...new Set(same.map((atom) => atom.cui))] };
  }

  /** Errors: `not-found`. */
  async codeOrThrow(release: ReleaseRecord, sab: string, code: string): Promise<SourceCode> {
    const found = await this.code(release, sab, code);
    if (found) return found;
    throw new TermduetError("not-found", `${release.dataset} ${release.release} holds no such code`);
  }
}

function formOf(code: string, writings: readonly string[]): string {
  return codeForms(code).find((form) => writings.includes(form))!;
}

/** Best name of a code or concept first: current, preferred by its source, preferred form of its string; ties by AUI. */
export function compareAtoms(a: KeptAtom, b: KeptAtom): number {
  const standing = ({ suppress, tty, isPref }: KeptAtom): number =>
    4 * Number(suppress === "N") + 2 * Number(PREFERRED.has(tty)) + Number(isPref);
  return standing(b) - standing(a) || (a.aui < b.aui ? -1 : a.aui > b.aui ? 1 : 0);
}

const PREFERRED = new Set(["PT", "MH", "PN", "LC", "HT"]);
