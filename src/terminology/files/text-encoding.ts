import { isUtf8 } from "node:buffer";
import { TermduetError } from "../termduet-error.ts";

/** Encodings that text is read from; `latin1` is read as Windows-1252, as browsers do: what calls itself Latin-1 mostly is. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "latin1";

/** How much of a file is looked at before it is taken for UTF-8. */
const HEAD_BYTES = 256 * 1024;

/**
 * The bytes above ASCII that French, English, German, Spanish and Italian texts hold in Windows-1252: letters of these
 * languages and the signs of print. Text in another code page soon holds one that is not among them.
 */
const WESTERN_BYTES = new Set([
  ...Buffer.from("ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜßàâäæçèéêëîïñóôöùúûüáíìòÁÍÓÚÑ°±²³µ·«»§ª®©¿¡\u00a0¼½¾¹ºÿ×", "latin1"),
  ...[0x80, 0x85, 0x8c, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99, 0x9c], // € … Œ ‘ ’ “ ” • – — ™ œ
]);

/**
 * The encoding that these first bytes of a file show by a byte order mark or by the zeros of UTF-16; undefined where they
 * show none, which is UTF-8 or a code page of one byte a character.
 */
function shownEncoding(head: Uint8Array): Exclude<TextEncoding, "latin1"> | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const pairs = Math.min(head.length, 4_096) >> 1;
  if (pairs < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs; at++) {
    if (head[2 * at] === 0) even++;
    if (head[2 * at + 1] === 0) odd++;
  }
  if (odd > 0.4 * pairs && even < 0.02 * pairs) return "utf-16le";
  if (even > 0.4 * pairs && odd < 0.02 * pairs) return "utf-16be";
  return undefined;
}

/**
 * Counts the bytes of a text to say whether it is Windows-1252 for certain: none of it is UTF-8 beyond ASCII, and all
 * that is not ASCII is what western European texts hold there.
 */
class WesternBytes {
  #western = 0;
  #others = 0;
  #hasUtf8 = false;

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte < 0x80) {
        if (byte === 0) this.#others++;
        continue;
      }
      // Two bytes that are one character in UTF-8 are an accented capital and a sign here, which no text has often.
      const next = chunk[at + 1] ?? 0;
      if (byte >= 0xc3 && byte <= 0xef && next >= 0x80 && next <= 0xbf) this.#hasUtf8 = true;
      if (WESTERN_BYTES.has(byte)) this.#western++;
      else this.#others++;
    }
  }

  get isCertain(): boolean {
    return this.#western > 0 && this.#others === 0 && !this.#hasUtf8;
  }
}

export interface TextEncodingOptions {
  /** The file's name, for errors. */
  name: string;
  /** What the user said; a byte order mark outweighs it. */
  encoding?: TextEncoding | undefined;
  /** The whole text once more, to be certain of Windows-1252 where its beginning is no UTF-8; without it only UTF-8 and UTF-16 are met. */
  again?: () => AsyncIterable<Buffer>;
  /** Told of an encoding that was not said but found. */
  onNotice?: ((message: string) => void) | undefined;
}

/**
 * A text as UTF-8, whatever it comes in: UTF-8 as it is (also where single lines are none: their reader says so), UTF-16
 * with or without byte order mark, Windows-1252 when it is said or certain.
 * @throws TermduetError `bad-input` for bytes that are no UTF-16 in a text that is.
 */
export async function* utf8Content(
  content: AsyncIterable<Buffer>,
  options: TextEncodingOptions,
): AsyncGenerator<Buffer> {
  const chunks = content[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  try {
    while (bytes < HEAD_BYTES) {
      const next = await chunks.next();
      if (next.done) {
        ended = true;
        break;
      }
      pieces.push(next.value);
      bytes += next.value.length;
    }
    const head = Buffer.concat(pieces);
    const encoding = shownEncoding(head) ?? options.encoding ?? (await guessed(head, ended, options));
    const all = async function* () {
      yield head;
      while (!ended) {
        const next = await chunks.next();
        if (next.done) return;
        yield next.value;
      }
    };
    if (encoding === "utf-8") yield* all();
    else yield* decoded(all(), encoding, options.name);
  } finally {
    await chunks.return?.();
  }
}

async function guessed(
  head: Buffer,
  isWhole: boolean,
  { name, again, onNotice }: TextEncodingOptions,
): Promise<TextEncoding> {
  // The head may end within a character: the last line is left out of the judgement.
  const lines = isWhole ? head : head.subarray(0, head.lastIndexOf(0x0a) + 1);
  if (isUtf8(lines)) return "utf-8";
  const counts = new WesternBytes();
  if (isWhole) counts.add(head);
  else if (again) for await (const chunk of again()) counts.add(chunk);
  else return "utf-8";
  if (!counts.isCertain) return "utf-8";
  onNotice?.(`${name} is read as Windows-1252, which it is by its bytes; say --encoding to be sure`);
  return "latin1";
}

async function* decoded(
  content: AsyncIterable<Buffer>,
  encoding: Exclude<TextEncoding, "utf-8">,
  name: string,
): AsyncGenerator<Buffer> {
  const label = encoding === "latin1" ? "windows-1252" : encoding;
  // Fatal: a character that stands for what could not be read would pass as part of a name.
  const decoder = new TextDecoder(label, { fatal: true });
  let read = 0;
  const step = (decode: () => string): Buffer => {
    try {
      return Buffer.from(decode());
    } catch (cause) {
      throw new TermduetError(
        "bad-input",
        `${name} is not ${label.toUpperCase()} after some ${read} bytes: it is cut short or damaged; save it as UTF-8`,
        { cause },
      );
    }
  };
  for await (const chunk of content) {
    const text = step(() => decoder.decode(chunk, { stream: true }));
    read += chunk.length;
    if (text.length > 0) yield text;
  }
  const rest = step(() => decoder.decode());
  if (rest.length > 0) yield rest;
}

/** A text that is in memory, as UTF-8; see `utf8Content`. */
export async function utf8Bytes(bytes: Buffer, options: TextEncodingOptions): Promise<Buffer> {
  const once = async function* () {
    yield bytes;
  };
  const pieces: Buffer[] = [];
  for await (const piece of utf8Content(once(), { ...options, again: once })) pieces.push(piece);
  return Buffer.concat(pieces);
}
