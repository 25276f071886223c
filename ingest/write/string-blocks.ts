import type { StringRecord } from "../../src/terminology/concept.ts";
import { codeForms } from "../../src/text/code-forms.ts";
import { stringId } from "../../src/text/string-id.ts";
import { wordKeys } from "../../src/text/word-keys.ts";
import type { FILTER_FIELDS } from "../../src/vector-store/release-record.ts";
import type { Block, BlockKeys, FieldValue } from "../../src/vector-store/vector-store.ts";
import type { Hierarchy } from "../join/hierarchy.ts";
import { prominence, type StringPopularity } from "../join/popularity.ts";
import type { StringRow } from "../work/rows.ts";
import { readPart, type SpilledPart } from "../work/spill.ts";
import { blockKeys } from "./block-keys.ts";

/** The distinct strings of one part, in the order of bucket and id, ready for the store and the encoders. */
export interface StringBlock {
  number: number;
  firstOrdinal: number;
  ids: string[];
  texts: string[];
  buckets: number[];
  records: StringRecord[];
  /** For each string the text in which somebody mentioned it, if somebody did. */
  contexts: (string | undefined)[];
  norms: string[];
  keys: BlockKeys;
  /** For each string the labels of its concepts: see `Hierarchy`. */
  above: string[][];
}

interface Draft {
  id: string;
  norm: string;
  bucket: number;
  record: StringRecord;
  fames: StringPopularity[];
  context?: string;
}

/** Third stage, reading: atoms that carry the same text become one string. */
export async function readStringBlock(
  { folder, number, parts }: SpilledPart,
  firstOrdinal: number,
  hierarchy: Hierarchy,
): Promise<StringBlock> {
  const drafts = new Map<string, Draft>();
  for await (const row of readPart<StringRow>(folder, number)) {
    const draft = drafts.get(row.text) ?? newDraft(row);
    drafts.set(row.text, draft);
    // A table may repeat a row, and then its atom.
    if (!draft.record.atoms.some((atom) => atom.aui === row.atom.aui)) draft.record.atoms.push(row.atom);
    if (!draft.record.concepts.some((c) => c.cui === row.atom.cui)) {
      const { name, semanticTypes, standing } = row;
      draft.record.concepts.push({ cui: row.atom.cui, name, semanticTypes, standing });
    }
    draft.fames.push(row.fame);
    const { context } = row;
    if (context !== undefined && !(draft.context !== undefined && draft.context < context))
      draft.context = context;
  }
  const ordered = [...drafts.values()].sort((a, b) => a.bucket - b.bucket || (a.id < b.id ? -1 : 1));
  for (const { record, fames } of ordered) record.prominence = prominence(record, fames);
  const ids = ordered.map((d) => d.id);
  const buckets = ordered.map((d) => d.bucket);
  return {
    number,
    firstOrdinal,
    ids,
    keys: blockKeys(ids, buckets, number, parts),
    texts: ordered.map((d) => d.record.text),
    buckets,
    norms: ordered.map((d) => d.norm),
    records: ordered.map((d) => sorted(d.record)),
    contexts: ordered.map((d) => d.context),
    above: ordered.map((d) => distinct(d.record.concepts.flatMap((c) => hierarchy.labels(c.cui)))),
  };
}

function newDraft({ text, norm, bucket }: StringRow): Draft {
  return {
    id: stringId(text),
    norm,
    bucket,
    record: { text, atoms: [], concepts: [], prominence: 0 },
    fames: [],
  };
}

/** The order of atoms must not depend on how the release was divided. */
function sorted(record: StringRecord): StringRecord {
  record.atoms.sort((a, b) => (a.aui < b.aui ? -1 : a.aui > b.aui ? 1 : 0));
  record.concepts.sort((a, b) => (a.cui < b.cui ? -1 : 1));
  return record;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

/**
 * The block as documents: strings found by normalized text, its words and its keys, by concept and code, by prominence,
 * and by what searches filter by.
 */
export function documentsOf(block: StringBlock): Block {
  const { number, firstOrdinal, ids, keys, norms, records } = block;
  const fields: Record<string, FieldValue[]> = {
    norm: norms,
    keys: records.map((r) =>
      wordKeys(
        r.text,
        r.atoms.map((a) => a.lat),
      ),
    ),
    code: records.map((r) => distinct(r.atoms.flatMap((a) => codeForms(a.code)).filter(Boolean))),
    prominence: records.map((r) => r.prominence),
    ...filterFields(block),
  };
  return { number, firstOrdinal, ids, keys, fields, bodies: records.map((r) => JSON.stringify(r)) };
}

/** The block as vectors of any encoder, which are still to come, with what searches filter by. */
export function vectorsOf(block: StringBlock): Block {
  const { number, firstOrdinal, ids, keys, buckets } = block;
  const fields = { bucket: buckets, ...filterFields(block) };
  return { number, firstOrdinal, ids, keys, fields };
}

function filterFields({ records, above }: StringBlock): Record<keyof typeof FILTER_FIELDS, FieldValue[]> {
  return {
    sab: records.map((r) => distinct(r.atoms.map((a) => a.sab))),
    lat: records.map((r) => distinct(r.atoms.map((a) => a.lat))),
    tty: records.map((r) => distinct(r.atoms.map((a) => a.tty))),
    sty: records.map((r) => distinct(r.concepts.flatMap((c) => c.semanticTypes.map((t) => t.tui)))),
    cui: records.map((r) => distinct(r.concepts.map((c) => c.cui))),
    above,
  };
}
