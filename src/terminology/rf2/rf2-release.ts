import type { Atom } from "../atom.ts";
import { cleanText } from "../clean-text.ts";
import { IdTable } from "../files/id-table.ts";
import type { PartFile } from "../files/stored-files.ts";
import { latOf } from "../languages.ts";
import { MultiFileRelease } from "../multi-file-release.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { TermduetError } from "../termduet-error.ts";
import type { Rf2Files } from "./rf2-files.ts";

const SAB = "SNOMEDCT";
const FULLY_SPECIFIED = "900000000000003001";
const DEFINITION = "900000000000550004";
const PREFERRED = "900000000000548007";
const IS_A = "116680003";
const BRITISH = "900000000000508004";
/** Association reference sets that lead from an inactive concept to an active one. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  "900000000000526001": "replaced_by",
  "900000000000527005": "same_as",
};

/** What a language reference set says of a description, as bits: several may speak of one. */
const IN_SET = { acceptable: 1, preferred: 2, preferredInBritain: 4 } as const;

/**
 * SNOMED CT in Release Format 2, snapshot: active concepts (obsolete ones are SUPPRESS O) with their active descriptions in
 * every language. A fully specified name is FN; a synonym is PT where a language reference set prefers it (PTGB where the
 * British one alone does), SY where it is acceptable, and suppressed (Y) where the language's reference sets do not know it.
 * Text definitions, `is a` and the other relationships, and what took the place of inactive concepts are joined.
 */
export class Rf2Release extends MultiFileRelease {
  readonly format = "rf2";
  readonly #files: Rf2Files;

  constructor(files: Rf2Files) {
    super(Object.values(files).flat());
    this.#files = files;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { concepts, descriptions, definitions, relationships, associations } = this.#files;
    yield ["FN", "SY", "PTGB", "PT"].map((tty, n) => ({ kind: "rank", rank: 100 * (n + 1), sab: SAB, tty }));
    const active = await this.#activeConcepts(concepts, options);
    const languages = await this.#languageSets(options);
    let hasAtoms = false;
    for (const part of descriptions)
      for await (const rows of this.#descriptions(part, { active, languages }, options)) {
        hasAtoms ||= rows.length > 0;
        yield rows;
      }
    if (!hasAtoms)
      throw new TermduetError(
        "bad-input",
        `${descriptions[0]!.source.name} holds no active description of a concept`,
      );
    for (const part of definitions) yield* this.#definitions(part, options);
    for (const part of relationships) yield* this.#relationships(part, options);
    for (const part of associations) yield* this.#associations(part, options);
  }

  /** 1 for an active concept, 0 for an inactive one. */
  async #activeConcepts(parts: readonly PartFile[], options: ReadOptions): Promise<IdTable> {
    const table = new IdTable();
    for (const part of parts)
      await drained(
        this.table(part, ["id", "active"], options, ({ cell }, [id = 0, active = 0]) => {
          if (!IdTable.isId(cell(id))) return `id is no SCTID: "${cell(id).slice(0, 40)}"`;
          if (!isFlag(cell(active))) return notFlag(cell(active));
          table.set(cell(id), Number(cell(active)));
          return undefined;
        }),
      );
    return table;
  }

  /** What the language reference sets say of each description; the languages are those of their files' names. */
  async #languageSets(options: ReadOptions): Promise<IdTable> {
    const table = new IdTable();
    const columns = ["active", "refsetid", "referencedcomponentid", "acceptabilityid"];
    for (const part of this.#files.languages)
      await drained(
        this.table(
          part,
          columns,
          options,
          ({ cell }, [active = 0, set = 0, component = 0, acceptability = 0]) => {
            if (cell(active) !== "1") return isFlag(cell(active)) ? undefined : notFlag(cell(active));
            const id = cell(component);
            if (!IdTable.isId(id)) return `referencedComponentId is no SCTID: "${id.slice(0, 40)}"`;
            const isPreferred = cell(acceptability) === PREFERRED;
            const bit = !isPreferred
              ? IN_SET.acceptable
              : cell(set) === BRITISH
                ? IN_SET.preferredInBritain
                : IN_SET.preferred;
            table.set(id, (table.get(id) ?? 0) | bit);
            return undefined;
          },
        ),
      );
    return table;
  }

  #descriptions(
    part: PartFile,
    { active, languages }: { active: IdTable; languages: IdTable },
    options: ReadOptions,
  ) {
    const columns = ["id", "active", "conceptid", "languagecode", "typeid", "term"];
    return this.table(
      part,
      columns,
      options,
      ({ cell }, [id = 0, flag = 0, concept = 0, language = 0, type = 0, term = 0]) => {
        if (cell(flag) !== "1") return isFlag(cell(flag)) ? undefined : notFlag(cell(flag));
        if (!IdTable.isId(cell(id))) return `id is no SCTID: "${cell(id).slice(0, 40)}"`;
        if (!IdTable.isId(cell(concept))) return `conceptId is no SCTID: "${cell(concept).slice(0, 40)}"`;
        const lat = latOf(cell(language));
        if (!lat) return `unknown language "${cell(language).slice(0, 40)}"`;
        const str = cleanText(cell(term));
        if (str === "") return "empty term";
        if (cell(type) === DEFINITION) return { kind: "definition", cui: cell(concept), sab: SAB, text: str };
        const said = languages.get(cell(id)) ?? 0;
        const tty = ttyOf(cell(type) === FULLY_SPECIFIED, said);
        const isKnown = said > 0 || languages.size === 0;
        const atom: Atom = {
          cui: cell(concept),
          lat,
          ts: tty === "PT" ? "P" : "S",
          stt: "PF",
          isPref: true,
          aui: cell(id),
          sab: SAB,
          tty,
          code: cell(concept),
          str,
          srl: 0,
          suppress: active.get(cell(concept)) === 0 ? "O" : isKnown ? "N" : "Y",
        };
        return { kind: "atom", atom };
      },
    );
  }

  #definitions(part: PartFile, options: ReadOptions) {
    return this.table(
      part,
      ["active", "conceptid", "term"],
      options,
      ({ cell }, [flag = 0, concept = 0, term = 0]) => {
        if (cell(flag) !== "1") return isFlag(cell(flag)) ? undefined : notFlag(cell(flag));
        const text = cleanText(cell(term));
        if (!IdTable.isId(cell(concept))) return `conceptId is no SCTID: "${cell(concept).slice(0, 40)}"`;
        return text === "" ? "empty term" : { kind: "definition", cui: cell(concept), sab: SAB, text };
      },
    );
  }

  #relationships(part: PartFile, options: ReadOptions) {
    const columns = ["active", "sourceid", "destinationid", "typeid"];
    return this.table(
      part,
      columns,
      options,
      ({ cell }, [flag = 0, source = 0, destination = 0, type = 0]) => {
        if (cell(flag) !== "1") return isFlag(cell(flag)) ? undefined : notFlag(cell(flag));
        const [from, to] = [cell(source), cell(destination)];
        if (!IdTable.isId(from) || !IdTable.isId(to)) return "sourceId or destinationId is no SCTID";
        if (cell(type) === IS_A)
          return { kind: "relation", cui: from, rel: "PAR", rela: "inverse_isa", cui2: to, sab: SAB };
        return { kind: "relation", cui: to, rel: "RO", rela: cell(type), cui2: from, sab: SAB };
      },
    );
  }

  #associations(part: PartFile, options: ReadOptions) {
    const columns = ["active", "refsetid", "referencedcomponentid", "targetcomponentid"];
    return this.table(part, columns, options, ({ cell }, [flag = 0, set = 0, component = 0, target = 0]) => {
      const why = SUCCESSORS[cell(set)];
      if (cell(flag) !== "1" || !why) return isFlag(cell(flag)) ? undefined : notFlag(cell(flag));
      const [id, cui] = [cell(component), cell(target)];
      if (!IdTable.isId(id) || !IdTable.isId(cui)) return "an association without two SCTIDs";
      return { kind: "alias", cui, id, why, sab: SAB };
    });
  }
}

async function drained(rows: AsyncGenerator<unknown>): Promise<void> {
  for await (const _ of rows);
}

function ttyOf(isFullySpecified: boolean, said: number): string {
  if (isFullySpecified) return "FN";
  if ((said & IN_SET.preferred) !== 0) return "PT";
  return (said & IN_SET.preferredInBritain) !== 0 ? "PTGB" : "SY";
}

function isFlag(value: string): boolean {
  return value === "0" || value === "1";
}

function notFlag(value: string): string {
  return `active is neither 0 nor 1: "${value.slice(0, 40)}"`;
}
