import type { StringRecord } from "../../terminology/concept.ts";
import type { RecordRef, StoredRecord } from "../../vector-store/vector-store.ts";

/** A string of the release as it was read. */
export interface StoredString {
  ref: RecordRef;
  record: StringRecord;
}

export function storedString({ id, ordinal, body }: StoredRecord): StoredString {
  return { ref: { id, ordinal }, record: JSON.parse(body) as StringRecord };
}

/** The concepts that a string names. */
export function cuisOf({ record }: StoredString): string[] {
  return record.concepts.map((concept) => concept.cui);
}
