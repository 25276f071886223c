import { createHash } from "node:crypto";

// Namespace of this project's UUIDs, itself a random UUID; changing it would rename every vector.
const NAMESPACE = Buffer.from("6f1d2c3e8a5b4f7d9c0e1a2b3c4d5e6f", "hex");

/** UUIDv5 of a string (RFC 9562 §5.5), which names it in every collection. The text is NFC and trimmed. */
export function stringId(text: string): string {
  const hash = createHash("sha1").update(NAMESPACE).update(text, "utf8").digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Number of buckets into which strings are divided; a block of an ingest is a range of them. */
export const BUCKETS = 65_536;

/** The block, of so many, that a bucket belongs to. */
export function blockOf(bucket: number, blocks: number): number {
  return Math.floor((bucket * blocks) / BUCKETS);
}

/**
 * The bucket of a normalized text, 0 to 65,535. Variants of one text share it, so that they meet in one block and an
 * uncased encoder sees them once.
 */
export function bucketOf(normalized: string): number {
  return createHash("sha1").update(normalized, "utf8").digest().readUInt16BE(0);
}
