const NEWLINE = 0x0a;
const latin1 = new TextDecoder("latin1");

/** Reads the numbers and lines of a pickle from its bytes. Throws an `Error` where they end too early. */
export class PickleCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  take(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.#bytes.subarray(start, start + count);
  }

  u8(): number {
    return this.#bytes[this.#skip(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  u64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** Big-endian, alone among a pickle's numbers. */
  float64(): number {
    return this.#view.getFloat64(this.#skip(8));
  }

  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.position);
    if (end < 0) throw new Error("it ends inside a value");
    const text = latin1.decode(this.#bytes.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }

  /** A whole number in two's complement; a bigint where it is too large for a number to be exact. */
  long(length: number): number | bigint {
    let value = 0n;
    for (const [i, byte] of this.take(length).entries()) value |= BigInt(byte) << BigInt(8 * i);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** Moves on by `count` bytes and gives where they start. */
  #skip(count: number): number {
    const start = this.position;
    if (!(count >= 0 && start + count <= this.#bytes.length)) throw new Error("it ends inside a value");
    this.position += count;
    return start;
  }
}
