import { type TextEncoding, utf8Content } from "../files/text-encoding.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { type SingleFile, SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";
import { twoPasses } from "../two-passes.ts";
import { languageOf, parseQuoted, unescapeObo } from "./obo-clause.ts";
import { type LocatedClause, type OboStanza, oboStanzas, type RejectLine } from "./obo-stanzas.ts";
import {
  atomsOf,
  joinedRowsOf,
  type NameKind,
  nameKindOf,
  type OntologyName,
  type OntologyTerm,
  sabOfId,
  sabOfOntology,
} from "./ontology-term.ts";

type Scope = OntologyName["scope"];

/**
 * An ontology in OBO format (1.2 to 1.4): the `[Term]` stanzas. Names become atoms as `ontology-term.ts` says;
 * definitions, `is_a`, `relationship`, `xref`, `disjoint_from` and `equivalent_to` what is joined
 * to them; `alt_id` and `replaced_by` lead from old identifiers to new ones. `namespace`, subsets, other logical
 * clauses and other stanzas are not used. A term without a name is a mere reference and gives no atom. The file is
 * read twice: atoms come before all that is joined to them.
 */
export class OboRelease extends SingleFileRelease {
  readonly format = "obo";
  readonly #encoding: TextEncoding | undefined;

  constructor(file: SingleFile, encoding?: TextEncoding) {
    super(file);
    this.#encoding = encoding;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    const [first, second] = twoPasses(options);
    const reject: RejectLine = (line, reason, text) => options.onReject(rejectOf(name, line, reason, text));
    let hasAtoms = false;
    for await (const terms of this.#terms(first, reject)) {
      const rows = terms.flatMap((term) => {
        const { atoms, reasons } = atomsOf(term);
        for (const reason of reasons) reject(term.line, reason, `id: ${term.id}`);
        return atoms.map((atom) => ({ kind: "atom" as const, atom }));
      });
      hasAtoms ||= rows.length > 0;
      if (rows.length > 0) yield rows;
    }
    if (!hasAtoms) {
      throw new TermduetError("bad-input", `${name} has no [Term] with a name: check that it is an OBO file`);
    }
    for await (const terms of this.#terms({ ...second, onNotice: undefined }, () => {})) {
      const rows = terms.flatMap(joinedRowsOf);
      if (rows.length > 0) yield rows;
    }
  }

  async *#terms(options: ReadOptions, reject: RejectLine): AsyncGenerator<LocatedTerm[]> {
    let sab: string | undefined;
    let types: ReadonlyMap<string, NameKind> = new Map();
    const content = utf8Content(this.content(options), {
      name: this.name,
      encoding: this.#encoding,
      again: () => this.content({}),
      onNotice: options.onNotice,
    });
    for await (const stanzas of oboStanzas(content, this.name, reject)) {
      options.signal?.throwIfAborted();
      const terms: LocatedTerm[] = [];
      for (const stanza of stanzas) {
        if (stanza.type === "") {
          sab = sabOfOntology(firstValue(stanza, "ontology"));
          types = synonymTypes(stanza);
          const imports = stanza.clauses.filter(({ tag }) => tag === "import").map(({ value }) => value);
          if (imports.length > 0)
            options.onNotice?.(
              `${this.name} imports ${imports.join(", ")}, which is not read: merge them (robot merge) if their terms are wanted`,
            );
        }
        if (stanza.type !== "Term") continue;
        const term = termOf(stanza, sab, types, reject);
        if (term) terms.push(term);
      }
      yield terms;
    }
  }
}

interface LocatedTerm extends OntologyTerm {
  line: number;
  aliases: string[];
  replacedBy: string[];
}

/** Tags of synonyms; OBO 1.0 put the scope into the tag. */
const SYNONYM_TAGS: Record<string, Scope | undefined> = {
  synonym: "RELATED",
  exact_synonym: "EXACT",
  broad_synonym: "BROAD",
  narrow_synonym: "NARROW",
  related_synonym: "RELATED",
};

/** Kinds of synonyms by the types that the header declares, or by a type's own name. */
function synonymTypes(header: OboStanza): ReadonlyMap<string, NameKind> {
  const declared = header.clauses.filter(({ tag }) => tag === "synonymtypedef");
  return new Map(
    declared.flatMap(({ value }): [string, NameKind][] => {
      const id = firstWord(value);
      const kind = nameKindOf(id) ?? nameKindOf(value);
      return kind ? [[id, kind]] : [];
    }),
  );
}

function termOf(
  stanza: OboStanza,
  sab: string | undefined,
  types: ReadonlyMap<string, NameKind>,
  reject: RejectLine,
): LocatedTerm | undefined {
  const id = unescapeObo(firstValue(stanza, "id") ?? "");
  if (id === "") {
    reject(stanza.line, "a [Term] without id", "[Term]");
    return undefined;
  }
  const term: LocatedTerm = {
    id,
    sab: sab ?? sabOfId(id),
    line: stanza.line,
    isObsolete: firstValue(stanza, "is_obsolete")?.toLowerCase() === "true",
    names: [],
    definitions: [],
    relations: [],
    aliases: [],
    replacedBy: [],
  };
  for (const clause of stanza.clauses) {
    const reason = addClause(term, clause, types);
    if (reason) reject(clause.line, reason, clause.text);
  }
  return term;
}

/** Adds what a clause says of a term; gives the reason when it cannot be read. */
function addClause(
  term: LocatedTerm,
  clause: LocatedClause,
  types: ReadonlyMap<string, NameKind>,
): string | undefined {
  const { tag, value } = clause;
  const scope = SYNONYM_TAGS[tag];
  if (tag === "name") {
    term.names.push({ text: unescapeObo(value), scope: "NAME", language: languageOf(clause) });
  } else if (scope) {
    const quoted = parseQuoted(value);
    if (!quoted) return quotedReason(tag, value);
    const written = /^(EXACT|BROAD|NARROW|RELATED)\b/.exec(quoted.rest)?.[1] as Scope | undefined;
    const type = /^(?:(?:EXACT|BROAD|NARROW|RELATED)\s+)?([^\s[\]"]+)/.exec(quoted.rest)?.[1] ?? "";
    term.names.push({
      text: quoted.text,
      scope: written ?? scope,
      language: quoted.language ?? languageOf(clause),
      kind: types.get(type) ?? nameKindOf(type),
    });
  } else if (tag === "def") {
    const quoted = parseQuoted(value);
    if (!quoted) return quotedReason(tag, value);
    if (term.definitions.length === 0) term.definitions.push(quoted.text);
  } else if (tag === "is_a" || tag === "xref" || tag === "disjoint_from" || tag === "equivalent_to") {
    const target = firstWord(value);
    if (target) term.relations.push({ kind: tag, target });
  } else if (tag === "alt_id" || tag === "replaced_by") {
    const id = firstWord(value);
    if (id) term[tag === "alt_id" ? "aliases" : "replacedBy"].push(id);
  } else if (tag === "relationship") {
    const [kind, target] = value.split(/\s+/);
    if (!kind || !target) return "relationship without a target";
    term.relations.push({ kind: unescapeObo(kind), target: unescapeObo(target) });
  }
  return undefined;
}

function quotedReason(tag: string, value: string): string {
  return value.startsWith('"')
    ? `${tag} whose quoted text has no clear end: write a quote within it as \\"`
    : `${tag} without a quoted text`;
}

function firstValue(stanza: OboStanza, tag: string): string | undefined {
  return stanza.clauses.find((clause) => clause.tag === tag)?.value;
}

/** An identifier: what stands before a space or a quoted description. */
function firstWord(value: string): string {
  return unescapeObo(/^(?:[^\s"\\]|\\.)*/.exec(value)?.[0] ?? "");
}
