import { isUtf8 } from "node:buffer";
import { TermduetError } from "../termduet-error.ts";

/** `latin1` is read as Windows-1252, as browsers do: what calls itself Latin-1 mostly is, with its œ and ’. */
export type LexiconEncoding = "utf-8" | "latin1";

/**
 * The bytes of a lexicon as UTF-8 without byte order mark.
 * @throws TermduetError `bad-input` when they are not in the encoding that was named, with the line and what to do.
 */
export function lexiconBytes(bytes: Buffer, encoding: LexiconEncoding, name: string): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    throw new TermduetError("bad-input", `${name} is in UTF-16 ("Unicode text"): save it as UTF-8`);
  }
  if (bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) {
    // The mark says UTF-8, whatever was named.
    return checked(bytes.subarray(3), name);
  }
  if (encoding === "latin1") return Buffer.from(new TextDecoder("windows-1252").decode(bytes));
  return checked(bytes, name);
}

function checked(bytes: Buffer, name: string): Buffer {
  if (isUtf8(bytes)) return bytes;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  throw new TermduetError(
    "bad-input",
    `${name} is not UTF-8 on line ${line}: save it as UTF-8, or say --encoding latin1 if it comes from an older program`,
  );
}
