import { JsonScanner, type JsonSlice } from "../files/json-scanner.ts";
import { utf8Content } from "../files/text-encoding.ts";
import { atomsOf, joinedRowsOf, nameKindOf, type OntologyTerm, sabOfOntology } from "../obo/ontology-term.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";
import { twoPasses } from "../two-passes.ts";

const PATHS = {
  type: ["resourceType"],
  language: ["language"],
  id: ["id"],
  name: ["name"],
  content: ["content"],
  concept: ["concept", "*"],
} as const;
type Kind = keyof typeof PATHS;

/** A concept of a CodeSystem, as far as it is read; nothing is taken for granted. */
interface FhirConcept {
  code?: unknown;
  display?: unknown;
  definition?: unknown;
  designation?: unknown;
  property?: unknown;
  concept?: unknown;
}

/**
 * A FHIR CodeSystem (R4, R5) in JSON: each concept with its display, its designations by language, its definition, its
 * parents (by nesting, or by the property `parent`), and whether it is inactive, deprecated or retired. SAB is the
 * resource's id or name. The file is read concept by concept of the top level, twice, and its beginning before that.
 */
export class CodeSystemRelease extends SingleFileRelease {
  readonly format = "fhir";

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    const [first, second] = twoPasses(options);
    const about = await this.#about(options);
    let hasAtoms = false;
    for await (const { terms, line } of this.#terms(first, about, true)) {
      const rows: ReleaseRow[] = [];
      for (const term of terms) {
        const { atoms, reasons } = atomsOf(term);
        for (const reason of reasons) options.onReject(rejectOf(name, line, reason, term.id));
        for (const atom of atoms) rows.push({ kind: "atom", atom });
      }
      hasAtoms ||= rows.length > 0;
      if (rows.length > 0) yield rows;
    }
    if (!hasAtoms) {
      const why =
        about.content === "not-present" ? ": its content is not-present, give the one with concepts" : "";
      throw new TermduetError(
        "bad-input",
        `${name} is a CodeSystem without a concept that has a display${why}`,
      );
    }
    for await (const { terms } of this.#terms(second, about, false)) {
      const rows = terms.flatMap(joinedRowsOf);
      if (rows.length > 0) yield rows;
    }
  }

  async *#terms(
    options: ReadOptions,
    about: About,
    tell: boolean,
  ): AsyncGenerator<{ terms: OntologyTerm[]; line: number }> {
    for await (const { slice } of this.#slices(options, { concept: PATHS.concept })) {
      const reject = (reason: string) => {
        if (tell)
          options.onReject(rejectOf(this.name, slice.line, reason, slice.bytes.toString("utf8", 0, 8_000)));
      };
      yield {
        terms: termsOf(parsed(slice, this.name) as FhirConcept | null, about, reject),
        line: slice.line,
      };
    }
  }

  async #about({ signal }: ReadOptions): Promise<About> {
    const found: Partial<Record<Kind, string>> = {};
    const { concept: _, ...wanted } = PATHS;
    for await (const { kind, slice } of this.#slices(
      { onReject: () => {}, ...(signal && { signal }) },
      wanted,
    )) {
      const value = parsed(slice, this.name);
      if (typeof value === "string") found[kind] ??= value;
    }
    if (found.type !== "CodeSystem")
      throw new TermduetError(
        "bad-input",
        `${this.name} is a FHIR ${found.type ?? "resource"}, and no CodeSystem: give one`,
      );
    const sab = sabOfOntology(found.id) ?? sabOfOntology(found.name) ?? "LOCAL";
    return { sab, language: found.language, content: found.content };
  }

  async *#slices(
    options: ReadOptions,
    wanted: Partial<typeof PATHS>,
  ): AsyncGenerator<{ kind: Kind; slice: JsonSlice }> {
    const scanner = new JsonScanner<Kind>(this.name, wanted);
    for await (const chunk of utf8Content(this.content(options), { name: this.name })) {
      options.signal?.throwIfAborted();
      yield* scanner.push(withoutMark(chunk));
    }
    scanner.end();
  }
}

interface About {
  sab: string;
  language: string | undefined;
  content: string | undefined;
}

function withoutMark(chunk: Buffer): Buffer {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

function parsed({ line, bytes }: JsonSlice, name: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new TermduetError(
      "bad-input",
      `${name} is not valid JSON in what begins at line ${line} (${detail})`,
      { cause },
    );
  }
}

/** The terms of a concept and of all concepts in it. */
function termsOf(root: FhirConcept | null, about: About, reject: (reason: string) => void): OntologyTerm[] {
  const terms: OntologyTerm[] = [];
  const open: { concept: FhirConcept | null; parent: string | undefined }[] = [
    { concept: root, parent: undefined },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { concept, parent } = next;
    const code = concept?.code;
    if (typeof code !== "string" || code === "") {
      reject("a concept without code");
      continue;
    }
    terms.push(termOf(code, concept!, parent, about));
    for (const inner of objects(concept!.concept).reverse())
      open.push({ concept: inner as FhirConcept, parent: code });
  }
  return terms;
}

function termOf(code: string, concept: FhirConcept, parent: string | undefined, about: About): OntologyTerm {
  const term: OntologyTerm = {
    id: code,
    sab: about.sab,
    isObsolete: false,
    names: [],
    definitions: typeof concept.definition === "string" ? [concept.definition] : [],
    relations: parent === undefined ? [] : [{ kind: "is_a", target: parent }],
    replacedBy: [],
  };
  const { language } = about;
  if (typeof concept.display === "string")
    term.names.push({ text: concept.display, scope: "NAME", ...(language && { language }) });
  for (const { language: tag, value, use } of objects(concept.designation)) {
    if (typeof value !== "string") continue;
    const useCode = (use as { code?: unknown } | undefined)?.code;
    const kind = typeof useCode === "string" ? nameKindOf(useCode) : undefined;
    const own = typeof tag === "string" ? tag : language;
    // Another language's first designation is its name: a translation of the display.
    const isName = own !== undefined && own !== language && !term.names.some((name) => name.language === own);
    term.names.push({ text: value, scope: isName ? "NAME" : "EXACT", ...(own && { language: own }), kind });
  }
  for (const { code: key, ...rest } of objects(concept.property)) {
    const value = Object.entries(rest).find(([field]) => field.startsWith("value"))?.[1];
    if (key === "parent" && typeof value === "string") term.relations.push({ kind: "is_a", target: value });
    else if (key === "inactive" && value === true) term.isObsolete = true;
    else if (key === "status" && (value === "deprecated" || value === "retired")) term.isObsolete = true;
    else if ((key === "replacedBy" || key === "replaced-by") && typeof value === "string")
      term.replacedBy!.push(value);
  }
  return term;
}

function objects(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter((value) => typeof value === "object" && value !== null) : [];
}
