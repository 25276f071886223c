import type { TensorData } from "./tensor-data.ts";

/**
 * Protocol Buffers wire format, as much of it as ONNX files need: varints, 32-bit floats, length-delimited fields.
 * Hand-written because tensors of gigabytes must be views into the file and be written without a copy.
 */

const utf8 = new TextDecoder("utf-8", { fatal: true });

export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.position >= this.#end;
  }

  /** Reads a varint as a bigint in two's complement of 64 bits, which is how ONNX writes negative ints. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new Error(`a varint of more than ten bytes at byte ${this.position}`);
  }

  uint32(): number {
    return Number(BigInt.asUintN(64, this.varint()));
  }

  float32(): number {
    this.#need(4);
    const value = this.#view.getFloat32(this.position, true);
    this.position += 4;
    return value;
  }

  float64(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  /** A length-delimited field as a view into the file: nothing is copied. */
  bytes(): Uint8Array {
    const length = this.uint32();
    this.#need(length);
    const view = this.#bytes.subarray(this.position, this.position + length);
    this.position += length;
    return view;
  }

  string(): string {
    return utf8.decode(this.bytes());
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.position += 8;
    else if (wireType === 2) this.bytes();
    else if (wireType === 5) this.position += 4;
    else throw new Error(`wire type ${wireType} at byte ${this.position}`);
    if (this.position > this.#end) throw new Error("the file ends inside a field");
  }

  #byte(): number {
    this.#need(1);
    return this.#bytes[this.position++]!;
  }

  #need(count: number): void {
    if (this.position + count > this.#end) throw new Error("the file ends inside a field");
  }
}

/** A piece of a file: bytes, or a tensor whose bytes are taken when the piece is written. */
export type Chunk = Uint8Array | TensorData;

/** Collects chunks; large byte fields are kept as they are, so that writing a model copies no tensor. */
export class WireWriter {
  readonly chunks: Chunk[] = [];
  length = 0;
  #small: number[] = [];

  tag(field: number, wireType: number): void {
    this.varint(BigInt((field << 3) | wireType));
  }

  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#small.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#small.push(Number(rest));
  }

  float32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#small.push(...bytes);
  }

  bytes(bytes: Uint8Array): void {
    this.varint(BigInt(bytes.length));
    this.#flush();
    this.chunks.push(bytes);
    this.length += bytes.length;
  }

  data(data: TensorData): void {
    this.varint(BigInt(data.byteLength));
    this.#flush();
    this.chunks.push(data);
    this.length += data.byteLength;
  }

  string(text: string): void {
    this.bytes(new TextEncoder().encode(text));
  }

  /** A nested message: its length first, then its chunks. */
  message(nested: WireWriter): void {
    nested.#flush();
    this.varint(BigInt(nested.length));
    this.#flush();
    for (const chunk of nested.chunks) this.chunks.push(chunk);
    this.length += nested.length;
  }

  finish(): Chunk[] {
    this.#flush();
    return this.chunks;
  }

  #flush(): void {
    if (this.#small.length === 0) return;
    this.chunks.push(Uint8Array.from(this.#small));
    this.length += this.#small.length;
    this.#small = [];
  }
}
