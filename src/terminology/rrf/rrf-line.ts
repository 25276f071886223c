import { isUtf8 } from "node:buffer";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const PIPE = 0x7c;
const MOST_COLUMNS = 64;

/**
 * One line of a Rich Release Format table, over the bytes of its block. One instance serves all lines, because a
 * release has tens of millions: it is valid until the next line is visited.
 */
export class RrfLine {
  /** 1-based line in its file. */
  number = 0;
  /** Columns, each closed by a `|`. */
  columns = 0;
  #block: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #isAscii = true;
  /** The line with a character for each byte: one decoding and twelve slices are twice as fast as twelve decodings. */
  #text = "";
  /** Where each column's `|` is, relative to the start of the line. */
  readonly #pipes = new Int32Array(MOST_COLUMNS);
  /** All bytes of each column, or-ed: below 0x80 when the column is ASCII. */
  readonly #bits = new Uint8Array(MOST_COLUMNS);

  /** Where each column stands in this file, by its number in the manual; undefined where it stands there. */
  #order: Int32Array | undefined;

  /** `order` holds for each column of the manual its number in this file. */
  constructor(order?: readonly number[]) {
    this.#order = order && Int32Array.from(order);
  }

  /** Whether the line ends in `|`, as every line of RRF does. */
  get isClosed(): boolean {
    return this.#block[this.#end - 1] === PIPE;
  }

  /**
   * The value of a column, from 0. Short-lived by intent: a value of 13 characters or more may keep the memory of the
   * whole line alive; what lives on is read with `ownField`.
   */
  field(number: number): string {
    const column = this.#order ? this.#order[number]! : number;
    if (this.#bits[column]! >= 0x80) return this.#ownField(column);
    return this.#text.slice(column === 0 ? 0 : this.#pipes[column - 1]! + 1, this.#pipes[column]);
  }

  /** The value of a column in memory of its own, so that keeping it keeps nothing else. */
  ownField(number: number): string {
    return this.#ownField(this.#order ? this.#order[number]! : number);
  }

  #ownField(column: number): string {
    const from = this.#start + (column === 0 ? 0 : this.#pipes[column - 1]! + 1);
    const to = this.#start + this.#pipes[column]!;
    return this.#block.toString(this.#bits[column]! < 0x80 ? "latin1" : "utf8", from, to);
  }

  /** The text of a column as an encoder sees it: Unicode NFC, trimmed; in memory of its own. */
  text(number: number): string {
    const column = this.#order ? this.#order[number]! : number;
    const value = this.#ownField(column);
    return (this.#bits[column]! < 0x80 ? value : value.normalize("NFC")).trim();
  }

  /** Whether the bytes are UTF-8; a line that is not is no line to take values from. */
  isUtf8(): boolean {
    return this.#isAscii || isUtf8(this.#block.subarray(this.#start, this.#end));
  }

  /** The line for people, bytes that are not UTF-8 shown as U+FFFD. */
  toString(): string {
    return this.#block.toString("utf8", this.#start, this.#end);
  }

  /** Calls `visit` with this line set to each line of a block in turn; empty lines are counted and passed over. */
  visitLines(block: Buffer, visit: (line: RrfLine) => void): void {
    this.#block = block;
    const length = block.length;
    const pipes = this.#pipes;
    const columnBits = this.#bits;
    let start = 0;
    let columns = 0;
    let bits = 0; // of the column
    let lineBits = 0;
    for (let at = 0; at < length; at++) {
      const byte = block[at]!;
      if (byte === PIPE) {
        if (columns < MOST_COLUMNS) {
          pipes[columns] = at - start;
          columnBits[columns] = bits;
        }
        columns++;
        lineBits |= bits;
        bits = 0;
      } else if (byte === NEWLINE) {
        this.#visitLine(start, at, columns, lineBits | bits, visit);
        start = at + 1;
        columns = 0;
        bits = 0;
        lineBits = 0;
      } else {
        bits |= byte;
      }
    }
    if (start < length) this.#visitLine(start, length, columns, lineBits | bits, visit);
  }

  #visitLine(
    start: number,
    newline: number,
    columns: number,
    bits: number,
    visit: (line: RrfLine) => void,
  ): void {
    this.number++;
    const end = newline > start && this.#block[newline - 1] === RETURN ? newline - 1 : newline;
    if (end === start) return;
    this.#start = start;
    this.#end = end;
    this.columns = columns;
    this.#isAscii = bits < 0x80;
    this.#text = this.#block.toString("latin1", start, end);
    visit(this);
  }
}
