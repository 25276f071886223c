import { TermduetError } from "../termduet-error.ts";

/** A value cut out of a JSON document: its bytes, and the 1-based line on which it begins. */
export interface JsonSlice {
  line: number;
  bytes: Buffer;
}

/**
 * Where a value stands: keys of the objects around it, from the root; an array's elements have `*`. So
 * `["graphs", "*", "nodes", "*"]` is any node of any graph.
 */
export type JsonPath = readonly string[];

/** The most bytes that one cut-out value may have; the document may have any number. */
const MAX_SLICE_BYTES = 64 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;

/**
 * Cuts values out of a JSON document of any size, chunk by chunk, without building the document: it follows nothing
 * but strings, brackets and keys, and the caller parses the values it asked for. What lies outside of these is checked
 * for its bracketing alone.
 */
export class JsonScanner<Kind extends string> {
  readonly #name: string;
  readonly #wanted: readonly (readonly [Kind, JsonPath])[];
  readonly #deepest: number;
  /** One entry for each open bracket: the key or `*` at which the scanner stands within it. */
  readonly #path: string[] = [];
  readonly #brackets: number[] = [];
  readonly #key: Buffer[] = [];
  #line = 1;
  #isStarted = false;
  #inString = false;
  #isEscaped = false;
  #inScalar = false;
  #expectsKey = false;
  /** Whether the string being read is a key that a wanted path may need. */
  #isKey = false;
  /** The value being cut out. */
  #slice: { kind: Kind; depth: number; line: number; pieces: Buffer[]; bytes: number } | undefined;

  /** `name` is the document's, for errors; `wanted` are the paths of the values to cut out, none within another. */
  constructor(name: string, wanted: Readonly<Partial<Record<Kind, JsonPath>>>) {
    this.#name = name;
    this.#wanted = Object.entries(wanted) as [Kind, JsonPath][];
    this.#deepest = Math.max(...this.#wanted.map(([, path]) => path.length));
  }

  /** Reads the next chunk; gives the values that ended in it. */
  push(chunk: Buffer): { kind: Kind; slice: JsonSlice }[] {
    const found: { kind: Kind; slice: JsonSlice }[] = [];
    let from = 0; // where the key or the slice goes on in this chunk
    const begin = (at: number) => {
      this.#isStarted = true;
      const depth = this.#brackets.length;
      if (this.#slice || depth > this.#deepest) return;
      const kind = this.#wanted.find(
        ([, path]) => path.length === depth && path.every((key, n) => key === this.#path[n]),
      )?.[0];
      if (kind === undefined) return;
      this.#slice = { kind, depth, line: this.#line, pieces: [], bytes: 0 };
      from = at;
    };
    const finish = (end: number) => {
      const slice = this.#slice;
      if (slice?.depth !== this.#brackets.length) return;
      this.#keep(chunk.subarray(from, end));
      found.push({ kind: slice.kind, slice: { line: slice.line, bytes: Buffer.concat(slice.pieces) } });
      this.#slice = undefined;
    };
    let at = 0;
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
        if (this.#inString) break;
        if (this.#isKey) this.#endKey(chunk.subarray(from, at));
        else finish(at);
        continue;
      }
      const byte = chunk[at]!;
      if (this.#inScalar && !isScalar(byte)) {
        this.#inScalar = false;
        finish(at);
      }
      switch (byte) {
        case NEWLINE:
          this.#line++;
          break;
        case QUOTE:
          this.#inString = true;
          this.#isKey = this.#expectsKey && !this.#slice && this.#brackets.length <= this.#deepest;
          if (this.#isKey) from = at;
          else if (!this.#expectsKey) begin(at);
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          begin(at);
          this.#brackets.push(byte);
          this.#path.push(byte === OPEN_ARRAY ? "*" : "");
          this.#expectsKey = byte === OPEN_OBJECT;
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          // The codes of a pair of brackets are two apart.
          if (this.#brackets.pop() !== byte - 2) throw this.#invalid("a bracket too many");
          this.#path.pop();
          this.#expectsKey = false;
          finish(at + 1);
          break;
        case COMMA:
          this.#expectsKey = this.#brackets.at(-1) === OPEN_OBJECT;
          break;
        case COLON:
          this.#expectsKey = false;
          break;
        default:
          if (!this.#inScalar && isScalar(byte)) {
            if (this.#brackets.length === 0) throw this.#invalid("no object");
            this.#inScalar = true;
            begin(at);
          }
      }
      at++;
    }
    if (this.#inString && this.#isKey) this.#key.push(chunk.subarray(from));
    else if (this.#slice) this.#keep(chunk.subarray(from));
    return found;
  }

  /** To be called at the end of the document. */
  end(): void {
    if (!this.#isStarted) throw new TermduetError("bad-input", `${this.#name} holds nothing`);
    if (this.#brackets.length > 0 || this.#inString) {
      throw new TermduetError(
        "bad-input",
        `${this.#name} is cut short: the JSON ends at line ${this.#line} with ${this.#brackets.length} brackets open; copy or download it again`,
      );
    }
  }

  /** Where the string that is being read ends, just behind its quote, or the chunk. Most of a document is strings. */
  #skipString(chunk: Buffer, start: number): number {
    const length = chunk.length;
    let isEscaped = this.#isEscaped;
    for (let at = start; at < length; at++) {
      const byte = chunk[at]!;
      if (isEscaped) isEscaped = false;
      else if (byte === BACKSLASH) isEscaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.#isEscaped = false;
        return at + 1;
      }
    }
    this.#isEscaped = isEscaped;
    return length;
  }

  #endKey(rest: Buffer): void {
    const json = Buffer.concat([...this.#key, rest]).toString();
    this.#key.length = 0;
    this.#isKey = false;
    try {
      this.#path[this.#path.length - 1] = JSON.parse(json) as string;
    } catch {
      throw this.#invalid(`the key ${json.slice(0, 40)}`);
    }
  }

  #keep(bytes: Buffer): void {
    const slice = this.#slice!;
    slice.pieces.push(bytes);
    slice.bytes += bytes.length;
    if (slice.bytes > MAX_SLICE_BYTES) {
      throw new TermduetError(
        "bad-input",
        `${this.#name} has at line ${slice.line} one value of more than ${MAX_SLICE_BYTES / 1024 / 1024} MB, which is not read`,
      );
    }
  }

  #invalid(what: string): TermduetError {
    return new TermduetError("bad-input", `${this.#name} is not valid JSON at line ${this.#line} (${what})`);
  }
}

/** Part of a number, `true`, `false` or `null`; anything else unforeseen counts as well and fails when parsed. */
function isScalar(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== COLON && byte !== CLOSE_ARRAY && byte !== CLOSE_OBJECT;
}
