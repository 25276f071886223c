import sax from "sax";
import { utf8Content } from "../files/text-encoding.ts";
import { atomsOf, joinedRowsOf, type OntologyTerm, sabOfOntology } from "../obo/ontology-term.ts";
import { rdfText } from "../rdf/rdf-text.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { type SingleFile, SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";

type LocatedTerm = OntologyTerm & { line: number };

/** Rubric kinds that name a class: the first that it has is its name, inclusions are narrower ones. */
const NAMES: readonly string[] = ["preferredLong", "preferred"];
const BATCH = 1_000;

/**
 * A classification in ClaML (ICD-10 and its national editions, ICF, OPS): each class with its preferred rubrics as names,
 * inclusions as narrower names, definitions, and superclasses; references within a rubric are left out of its text. Modifiers
 * are not combined with the classes that they modify, and said once.
 */
export class ClamlRelease extends SingleFileRelease {
  readonly format = "claml";
  readonly #fallback: string;

  /** `fallback` is the SAB where the file has no title. */
  constructor(file: SingleFile, fallback: string) {
    super(file);
    this.#fallback = fallback;
  }

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    const terms: LocatedTerm[] = [];
    let modifiers = 0;
    const reader = new ClamlReader(name, this.#fallback, {
      onTerm: (term) => terms.push(term),
      onModifier: () => modifiers++,
    });
    const content = utf8Content(this.content(options), { name });
    const { text } = await rdfText(content, name, "xml");
    for await (const piece of text) {
      options.signal?.throwIfAborted();
      reader.write(piece);
    }
    reader.close();
    if (modifiers > 0)
      options.onNotice?.(
        `${name} has ${modifiers} classes of modifiers, which are not combined with what they modify`,
      );
    let hasAtoms = false;
    for (let at = 0; at < terms.length; at += BATCH) {
      const rows = terms.slice(at, at + BATCH).flatMap((term) => {
        const { atoms, reasons } = atomsOf(term);
        for (const reason of reasons) options.onReject(rejectOf(name, term.line, reason, term.id));
        return atoms.map((atom) => ({ kind: "atom" as const, atom }));
      });
      hasAtoms ||= rows.length > 0;
      if (rows.length > 0) yield rows;
    }
    if (!hasAtoms)
      throw new TermduetError(
        "bad-input",
        `${name} has no class with a preferred rubric: check that it is ClaML`,
      );
    for (let at = 0; at < terms.length; at += BATCH) {
      const rows = terms.slice(at, at + BATCH).flatMap(joinedRowsOf);
      if (rows.length > 0) yield rows;
    }
  }
}

interface ClamlEvents {
  onTerm: (term: LocatedTerm) => void;
  onModifier: () => void;
}

/** Follows the elements of a ClaML document; what it has read of a class is handed on at the class's end. */
class ClamlReader {
  readonly #parser = sax.parser(true, { position: true });
  readonly #name: string;
  readonly #events: ClamlEvents;
  #sab: string;
  #language = "en";
  #term: LocatedTerm | undefined;
  /** Kind of the rubric that is open, and what its label holds so far. */
  #rubric: string | undefined;
  #label: { text: string; language: string } | undefined;
  #references = 0;
  #isStarted = false;

  constructor(name: string, sab: string, events: ClamlEvents) {
    this.#name = name;
    this.#sab = sab;
    this.#events = events;
    this.#parser.onopentag = ({ name: element, attributes }) =>
      this.#open(element, attributes as Record<string, string>);
    this.#parser.onclosetag = (element) => this.#close(element);
    const onText = (text: string): void => {
      if (this.#label && this.#references === 0) this.#label.text += text;
    };
    this.#parser.ontext = onText;
    this.#parser.oncdata = onText;
    this.#parser.onerror = (cause) => {
      throw new TermduetError(
        "bad-input",
        `${name} is no well-formed XML at line ${this.#parser.line + 1}: ${cause.message.split("\n")[0]}`,
        { cause },
      );
    };
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  close(): void {
    this.#parser.close();
    if (!this.#isStarted) throw new TermduetError("bad-input", `${this.#name} is no ClaML document`);
  }

  #open(element: string, attributes: Readonly<Record<string, string>>): void {
    const language = attributes["xml:lang"];
    switch (element) {
      case "ClaML":
        this.#isStarted = true;
        break;
      case "Title":
        this.#sab = sabOfOntology(attributes["name"]) ?? this.#sab;
        break;
      case "Meta":
        if (/^lang$/i.test(attributes["name"] ?? "")) this.#language = attributes["value"] ?? this.#language;
        break;
      case "ModifierClass":
        this.#events.onModifier();
        break;
      case "Class":
        this.#term = {
          id: attributes["code"] ?? "",
          sab: this.#sab,
          line: this.#parser.line + 1,
          isObsolete: false,
          names: [],
          definitions: [],
          relations: [],
        };
        break;
      case "SuperClass":
        if (this.#term && attributes["code"])
          this.#term.relations.push({ kind: "is_a", target: attributes["code"] });
        break;
      case "Rubric":
        this.#rubric = this.#term && attributes["kind"];
        break;
      case "Label":
        if (this.#rubric !== undefined) this.#label = { text: "", language: language ?? this.#language };
        break;
      case "Reference":
        this.#references++;
        break;
      case "Fragment":
      case "Para":
      case "ListItem":
        if (this.#label) this.#label.text += " ";
    }
  }

  #close(element: string): void {
    if (element === "Reference") this.#references--;
    else if (element === "Label") this.#endLabel();
    else if (element === "Rubric") this.#rubric = undefined;
    else if (element === "Class" && this.#term) {
      if (this.#term.id !== "") this.#events.onTerm(this.#term);
      this.#term = undefined;
    }
  }

  #endLabel(): void {
    const { text = "", language } = this.#label ?? {};
    this.#label = undefined;
    const term = this.#term;
    const clean = text.replace(/\s+/g, " ").trim();
    if (!term || this.#rubric === undefined || clean === "") return;
    if (NAMES.includes(this.#rubric)) {
      // The long form, where there is one, is the name; the other is one more.
      const isLong = this.#rubric === "preferredLong";
      const others = term.names.filter((name) => name.scope === "NAME" && name.language === language);
      if (isLong) for (const name of others) name.scope = "EXACT";
      term.names.push({ text: clean, scope: isLong || others.length === 0 ? "NAME" : "EXACT", language });
    } else if (this.#rubric === "inclusion") {
      term.names.push({ text: clean.replace(/[\s:]+$/, ""), scope: "NARROW", language });
    } else if (this.#rubric === "definition") term.definitions.push(clean);
  }
}
