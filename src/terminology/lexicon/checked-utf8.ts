import { isUtf8 } from "node:buffer";
import { TermduetError } from "../termduet-error.ts";

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The bytes of a text without byte order mark, all of them UTF-8.
 * @throws TermduetError `bad-input` where they are not, with the line and what to do.
 */
export function checkedUtf8(text: Buffer, name: string): Buffer {
  const bytes = text.subarray(0, 3).equals(BYTE_ORDER_MARK) ? text.subarray(3) : text;
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
