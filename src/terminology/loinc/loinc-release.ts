import type { Atom } from "../atom.ts";
import { atomId } from "../atom-id.ts";
import { cleanText } from "../clean-text.ts";
import type { PartFile } from "../files/stored-files.ts";
import { latOf } from "../languages.ts";
import { MultiFileRelease, type TableRow } from "../multi-file-release.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { TermduetError } from "../termduet-error.ts";

/** The tables of a LOINC release that are read. */
export interface LoincFiles {
  table: PartFile;
  /** One for each language, `frFR8LinguisticVariant.csv`; the table of them, `LinguisticVariants.csv`, is not needed. */
  variants: PartFile[];
  /** MapTo.csv: from deprecated codes to those that replace them. */
  mapTo: PartFile | undefined;
}

/** Files by their names in a release (`LoincTable/Loinc.csv`); undefined when there is no Loinc.csv. */
export function findLoinc(files: readonly PartFile[]): LoincFiles | undefined {
  const table =
    files.find(({ file }) => /^Loinc\.csv$/i.test(file)) ??
    files.find(({ file }) => /^LoincTableCore\.csv$/i.test(file));
  if (!table) return undefined;
  return {
    table,
    variants: files.filter(({ file }) => VARIANT.test(file)),
    mapTo: files.find(({ file }) => /^MapTo\.csv$/i.test(file)),
  };
}

const VARIANT = /^([a-z]{2})[A-Z]{2}\d+LinguisticVariant\.csv$/;
const SAB = "LNC";
const AXES = ["component", "property", "time_aspct", "system", "scale_typ", "method_typ"];

/**
 * LOINC: each code with its long common name (TTY LC), its fully specified name of the six parts (LN), its short name (OSN),
 * display name (DN) and consumer name (SY_LAYPERSON), and those of the linguistic variants; TTYs as in UMLS. A deprecated code
 * is SUPPRESS O. `RELATEDNAMES2` is not read: it lists search words of the parts, which are no names of the whole.
 */
export class LoincRelease extends MultiFileRelease {
  readonly format = "loinc";
  readonly #files: LoincFiles;

  constructor(files: LoincFiles) {
    super([files.table, ...files.variants, ...(files.mapTo ? [files.mapTo] : [])]);
    this.#files = files;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { table, variants, mapTo } = this.#files;
    yield ["OSN", "LN", "DN", "LC"].map((tty, n) => ({ kind: "rank", rank: 100 * (n + 1), sab: SAB, tty }));
    const deprecated = new Set<string>();
    const definitions: ReleaseRow[] = [];
    let hasAtoms = false;
    for await (const rows of this.#table(table, { deprecated, definitions }, options)) {
      hasAtoms ||= rows.length > 0;
      yield rows;
    }
    if (!hasAtoms)
      throw new TermduetError("bad-input", `${table.source.name} holds no LOINC code with a name`);
    for (const part of variants) yield* this.#variant(part, deprecated, options);
    if (definitions.length > 0) yield definitions;
    if (mapTo) yield* this.#mapTo(mapTo, options);
  }

  #table(
    part: PartFile,
    { deprecated, definitions }: { deprecated: Set<string>; definitions: ReleaseRow[] },
    options: ReadOptions,
  ) {
    const optional = ["status?", "definitiondescription?", "consumer_name?", "displayname?"];
    const columns = ["loinc_num", "long_common_name", "shortname?", ...optional, ...AXES];
    return this.table(part, columns, options, (row, at) => {
      const [code = 0, long = 0, short = 0, status = 0, definition = 0, consumer = 0, display = 0, ...axes] =
        at;
      const id = row.cell(code);
      if (!isCode(id)) return `LOINC_NUM is no LOINC code: "${id.slice(0, 40)}"`;
      if (row.cell(status).toUpperCase() === "DEPRECATED") deprecated.add(id);
      const text = cleanText(row.cell(definition));
      if (text !== "") definitions.push({ kind: "definition", cui: id, sab: SAB, text });
      const names: [string, string][] = [
        ["LC", row.cell(long)],
        ["DN", row.cell(display)],
        ["LN", fullName(row, axes)],
        ["OSN", row.cell(short)],
        ["SY_LAYPERSON", row.cell(consumer)],
      ];
      const atoms = atomsOf(id, names, { lat: "ENG", sab: SAB, isObsolete: deprecated.has(id) });
      return atoms.length > 0 ? atoms : "no name";
    });
  }

  #variant(part: PartFile, deprecated: ReadonlySet<string>, options: ReadOptions) {
    const language = VARIANT.exec(part.file)?.[1] ?? "";
    const lat = latOf(language);
    if (!lat) throw new TermduetError("bad-input", `${part.source.name}: unknown language "${language}"`);
    const columns = [
      "loinc_num",
      "long_common_name?",
      "shortname?",
      "linguisticvariantdisplayname?",
      ...AXES,
    ];
    return this.table(part, columns, options, (row, at) => {
      const [code = 0, long = 0, short = 0, display = 0, ...axes] = at;
      const id = row.cell(code);
      if (!isCode(id)) return `LOINC_NUM is no LOINC code: "${id.slice(0, 40)}"`;
      const names: [string, string][] = [
        ["LC", row.cell(long)],
        ["DN", row.cell(display)],
        ["LN", fullName(row, axes)],
        ["OSN", row.cell(short)],
      ];
      return atomsOf(id, names, { lat, sab: SAB, isObsolete: deprecated.has(id) });
    });
  }

  #mapTo(part: PartFile, options: ReadOptions) {
    return this.table(part, ["loinc", "map_to"], options, ({ cell }, [from = 0, to = 0]) => {
      const [id, cui] = [cell(from), cell(to)];
      if (!isCode(id) || !isCode(cui)) return "LOINC or MAP_TO is no LOINC code";
      return { kind: "alias", cui, id, why: "replaced_by", sab: SAB };
    });
  }
}

/** The parts with `:` between them, as LOINC writes its fully specified name; empty where there is no component. */
function fullName({ cell }: TableRow, axes: readonly number[]): string {
  const parts = axes.map((at) => cell(at));
  return parts[0] === "" ? "" : parts.join(":").replace(/:+$/, "");
}

function atomsOf(
  cui: string,
  names: readonly (readonly [tty: string, text: string])[],
  { lat, sab, isObsolete }: { lat: string; sab: string; isObsolete: boolean },
): ReleaseRow[] {
  const seen = new Set<string>();
  return names.flatMap(([tty, text]): ReleaseRow[] => {
    const str = cleanText(text);
    if (str === "") return [];
    const content = { cui, lat, sab, tty, code: cui, str };
    const atom: Atom = {
      ...content,
      aui: atomId(content),
      ts: seen.size === 0 ? "P" : "S",
      stt: "PF",
      isPref: !seen.has(str),
      srl: 0,
      suppress: isObsolete ? "O" : "N",
    };
    seen.add(str);
    return [{ kind: "atom", atom }];
  });
}

function isCode(text: string): boolean {
  return /^\d{1,7}-\d$/.test(text);
}
