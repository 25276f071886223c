/** Bytes in one key: 48 bits are a whole number in JSON and in the server's ranges. */
const KEY_BYTES = 6;
/** So many keys a text has; what it holds beyond them is compared here. */
export const BEGIN_KEYS = 3;
/** Prefixes of up to so many bytes are told apart by the server alone. */
export const BEGIN_BYTES: number = KEY_BYTES * BEGIN_KEYS;

/**
 * The beginning of a text as whole numbers that are ordered as the text is by code point: its first 18 bytes of UTF-8, six
 * a number. The server has no index of prefixes; ranges of these are one.
 */
export function beginKeys(text: string): number[] {
  const bytes = Buffer.from(text, "utf8");
  return Array.from({ length: BEGIN_KEYS }, (_, i) => keyAt(bytes, i * KEY_BYTES, 0));
}

/** For each key that a prefix says something about, the least and the greatest that it may be. */
export function beginRanges(prefix: string): { gte: number; lte: number }[] {
  const bytes = Buffer.from(prefix, "utf8");
  const said = Math.min(BEGIN_KEYS, Math.ceil(bytes.length / KEY_BYTES));
  return Array.from({ length: said }, (_, i) => ({
    gte: keyAt(bytes, i * KEY_BYTES, 0x00),
    lte: keyAt(bytes, i * KEY_BYTES, 0xff),
  }));
}

function keyAt(bytes: Buffer, start: number, filler: number): number {
  let key = 0;
  for (let i = start; i < start + KEY_BYTES; i++) key = key * 256 + (bytes[i] ?? filler);
  return key;
}
