import type { DefinitionRecord } from "../../src/terminology/concept.ts";
import { blockOf, bucketOf, stringId } from "../../src/text/string-id.ts";
import type { Block, BlockKeys } from "../../src/vector-store/vector-store.ts";
import { readPart, type SpilledPart, type SpillWriter } from "../work/spill.ts";
import { blockKeys } from "./block-keys.ts";

/** A definition on its way to its block. */
interface DefinitionRow {
  text: string;
  bucket: number;
  cui: string;
}

/** The distinct definitions of one part, in the order of bucket and id, ready for the store and the encoders. */
export interface DefinitionBlock {
  number: number;
  firstOrdinal: number;
  ids: string[];
  keys: BlockKeys;
  texts: string[];
  buckets: number[];
  records: DefinitionRecord[];
}

// What a thing is stands in a definition's first words; the encoders that know definitions were trained on so many.
const WORDS = 40;

/** Divides a concept's definitions by their text. */
export function spillDefinitions(
  spill: SpillWriter,
  parts: number,
  cui: string,
  definitions: readonly { text: string }[],
): void {
  for (const { text: whole } of definitions) {
    const text = whole.trim().split(/\s+/, WORDS).join(" ");
    if (text === "") continue;
    const bucket = bucketOf(text);
    spill.write(blockOf(bucket, parts), { text, bucket, cui } satisfies DefinitionRow);
  }
}

/** Concepts that are defined by the same words share one definition. */
export async function readDefinitionBlock(
  { folder, number, parts }: SpilledPart,
  firstOrdinal: number,
): Promise<DefinitionBlock> {
  const drafts = new Map<string, { id: string; bucket: number; cuis: Set<string> }>();
  for await (const { text, bucket, cui } of readPart<DefinitionRow>(folder, number)) {
    const draft = drafts.get(text) ?? { id: stringId(text), bucket, cuis: new Set() };
    drafts.set(text, draft);
    draft.cuis.add(cui);
  }
  const ordered = [...drafts].sort(([, a], [, b]) => a.bucket - b.bucket || (a.id < b.id ? -1 : 1));
  const ids = ordered.map(([, { id }]) => id);
  const buckets = ordered.map(([, { bucket }]) => bucket);
  return {
    number,
    firstOrdinal,
    ids,
    keys: blockKeys(ids, buckets, number, parts),
    texts: ordered.map(([text]) => text),
    buckets,
    records: ordered.map(([text, { cuis }]) => ({ text, cuis: [...cuis].sort() })),
  };
}

/** The block as documents. */
export function definitionDocuments({ number, firstOrdinal, ids, keys, records }: DefinitionBlock): Block {
  return { number, firstOrdinal, ids, keys, fields: {}, bodies: records.map((r) => JSON.stringify(r)) };
}

/** The block as vectors of any encoder, which are still to come. */
export function definitionVectorBlock({ number, firstOrdinal, ids, keys, buckets }: DefinitionBlock): Block {
  return { number, firstOrdinal, ids, keys, fields: { bucket: buckets } };
}
