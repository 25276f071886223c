import { TermduetError } from "../termduet-error.ts";

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line beyond this is no line of a text table; holding more would let one wrong file take all memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Cuts a stream of bytes into blocks of whole lines, whatever the chunking: every block ends in `\n`, but for the last
 * one of a file without a newline at its end. Lines are split by `\n` alone. A byte order mark at the start is left out.
 * `name` is for the error of a line that is too long.
 */
export async function* lineBlocks(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let tail: Buffer[] = []; // of a line whose end has not come yet
  let tailBytes = 0;
  let atStart = true;
  const release = (block: Buffer) => {
    const clean = atStart && block.subarray(0, 3).equals(BYTE_ORDER_MARK) ? block.subarray(3) : block;
    atStart = false;
    return clean;
  };
  for await (const chunk of chunks) {
    let from = 0;
    if (tailBytes > 0) {
      const lineEnd = chunk.indexOf(NEWLINE) + 1;
      tail.push(lineEnd > 0 ? chunk.subarray(0, lineEnd) : chunk);
      tailBytes += lineEnd > 0 ? lineEnd : chunk.length;
      checkLength(tailBytes, name);
      if (lineEnd === 0) continue;
      yield release(Buffer.concat(tail));
      tail = [];
      tailBytes = 0;
      from = lineEnd;
    }
    const until = chunk.lastIndexOf(NEWLINE) + 1;
    if (until > from) yield release(chunk.subarray(from, until));
    const rest = Math.max(from, until);
    if (rest < chunk.length) {
      tail.push(chunk.subarray(rest));
      tailBytes = chunk.length - rest;
    }
  }
  if (tailBytes > 0) yield release(Buffer.concat(tail));
}

function checkLength(bytes: number, name: string): void {
  if (bytes <= MAX_LINE_BYTES) return;
  throw new TermduetError(
    "bad-input",
    `${name} has a line of more than ${MAX_LINE_BYTES / 1024 / 1024} MB: it is no text table; check that it is the right file`,
  );
}
