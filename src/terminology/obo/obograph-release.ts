import { isUtf8 } from "node:buffer";
import { JsonScanner, type JsonSlice } from "../files/json-scanner.ts";
import { rejectOf } from "../rejects-file.ts";
import type { ReadOptions, ReleaseRow } from "../release-source.ts";
import { SingleFileRelease } from "../single-file-release.ts";
import { TermduetError } from "../termduet-error.ts";
import { twoPasses } from "../two-passes.ts";
import { type GraphEdge, type GraphNode, termOfNode } from "./obograph-node.ts";
import {
  atomsOf,
  joinedRowsOf,
  type OntologyRelation,
  relationRow,
  sabOfId,
  sabOfOntology,
} from "./ontology-term.ts";
import { termId } from "./term-id.ts";

const BYTE_ORDER_MARK = 0xef;

const PATHS = {
  id: ["graphs", "*", "id"],
  node: ["graphs", "*", "nodes", "*"],
  edge: ["graphs", "*", "edges", "*"],
  equivalent: ["graphs", "*", "equivalentNodesSets", "*"],
  disjoint: ["graphs", "*", "disjointClassExpressionsAxioms", "*"],
} as const;
type SliceKind = keyof typeof PATHS;

/**
 * An ontology as an OBO graph (JSON), read node by node, so that a file of hundreds of megabytes takes no more memory
 * than a small one: nodes of type CLASS (or none) with their labels, synonyms, definitions and cross-references, and
 * the edges between them, and which classes are equivalent or disjoint. SAB is the id of the first graph that has one. The file is read twice, and its beginning
 * before that for the id: atoms come before all that is joined to them.
 */
export class ObographRelease extends SingleFileRelease {
  readonly format = "obograph";

  async *rows(options: ReadOptions): AsyncGenerator<ReleaseRow[], void, undefined> {
    const { name } = this;
    const [first, second] = twoPasses(options);
    const ontology = await this.#graphId(options);
    const sabFor = (id: string) => ontology ?? sabOfId(id);
    let hasAtoms = false;
    for await (const slices of this.#slices(first, { node: PATHS.node })) {
      const rows: ReleaseRow[] = [];
      for (const { slice } of slices) {
        const reject = (reason: string) => {
          options.onReject(rejectOf(name, slice.line, reason, slice.bytes.toString("utf8", 0, 8_000)));
        };
        const term = this.#node(slice, sabFor, reject);
        if (!term) continue;
        const { atoms, reasons } = atomsOf(term);
        reasons.forEach(reject);
        for (const atom of atoms) rows.push({ kind: "atom", atom });
      }
      hasAtoms ||= rows.length > 0;
      if (rows.length > 0) yield rows;
    }
    if (!hasAtoms) {
      throw new TermduetError(
        "bad-input",
        `${name} has no graphs with labelled nodes: check that it is an OBO graph (JSON with \`graphs\`, \`nodes\`, \`lbl\`)`,
      );
    }
    for await (const slices of this.#slices(second, {
      node: PATHS.node,
      edge: PATHS.edge,
      equivalent: PATHS.equivalent,
      disjoint: PATHS.disjoint,
    })) {
      const rows = slices.flatMap(({ kind, slice }) => {
        if (kind === "edge") return this.#edge(slice, sabFor, options);
        if (kind !== "node") {
          const relations = relationsOf(kind, this.#parse(slice));
          return relations.map(([id, relation]) => relationRow(id, relation, sabFor(id)));
        }
        const term = this.#node(slice, sabFor, () => {});
        return term ? joinedRowsOf(term) : [];
      });
      if (rows.length > 0) yield rows;
    }
  }

  #node(slice: JsonSlice, sabFor: (id: string) => string, reject: (reason: string) => void) {
    if (!isUtf8(slice.bytes)) {
      reject("not UTF-8");
      return undefined;
    }
    return termOfNode(this.#parse(slice) as GraphNode, sabFor, reject);
  }

  #edge(slice: JsonSlice, sabFor: (id: string) => string, options: ReadOptions): ReleaseRow[] {
    const { sub, pred, obj } = (this.#parse(slice) ?? {}) as GraphEdge;
    if (typeof sub !== "string" || typeof pred !== "string" || typeof obj !== "string") {
      const text = slice.bytes.toString("utf8", 0, 8_000);
      options.onReject(rejectOf(this.name, slice.line, "an edge without sub, pred and obj", text));
      return [];
    }
    // These hold between properties and individuals, which are no terms.
    if (pred === "subPropertyOf" || pred === "inverseOf" || pred === "type") return [];
    const id = termId(sub);
    return [relationRow(id, { kind: termId(pred), target: termId(obj) }, sabFor(id))];
  }

  #parse({ line, bytes }: JsonSlice): unknown {
    try {
      return JSON.parse(bytes.toString());
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new TermduetError(
        "bad-input",
        `${this.name} is not valid JSON in what begins at line ${line} (${detail})`,
        { cause },
      );
    }
  }

  async #graphId({ signal }: ReadOptions): Promise<string | undefined> {
    const options = { onReject: () => {}, ...(signal && { signal }) };
    for await (const [first] of this.#slices(options, { id: PATHS.id })) {
      const sab = first && sabOfOntology(String(this.#parse(first.slice)));
      if (sab) return sab;
    }
    return undefined;
  }

  async *#slices(
    options: ReadOptions,
    wanted: Partial<typeof PATHS>,
  ): AsyncGenerator<{ kind: SliceKind; slice: JsonSlice }[]> {
    const scanner = new JsonScanner<SliceKind>(this.name, wanted);
    let isFirst = true;
    for await (const chunk of this.content(options)) {
      options.signal?.throwIfAborted();
      const start = isFirst && chunk[0] === BYTE_ORDER_MARK ? 3 : 0;
      isFirst = false;
      yield scanner.push(chunk.subarray(start));
    }
    scanner.end();
  }
}

/** Each pair of equivalent or disjoint classes once. */
function relationsOf(kind: "equivalent" | "disjoint" | "id", axiom: unknown): [string, OntologyRelation][] {
  const content = (typeof axiom === "object" && axiom !== null ? axiom : {}) as Record<string, unknown>;
  const ids = (list: unknown): string[] =>
    Array.isArray(list) ? list.filter((id) => typeof id === "string").map(termId) : [];
  const members = ids(kind === "equivalent" ? content["nodeIds"] : content["classIds"]);
  const name = kind === "equivalent" ? "equivalent_to" : "disjoint_from";
  return members.flatMap((id, at) =>
    members.slice(at + 1).map((target): [string, OntologyRelation] => [id, { kind: name, target }]),
  );
}
