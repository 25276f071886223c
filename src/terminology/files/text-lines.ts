import { isUtf8 } from "node:buffer";
import { lineBlocks } from "./line-blocks.ts";

/** A line of a text file, without its `\n` or `\r\n`. */
export interface TextLine {
  /** 1-based. */
  number: number;
  /** The text; where the bytes are not UTF-8, with U+FFFD in their place. */
  text: string;
  isUtf8: boolean;
}

/** The lines of a text file in arrays of a few thousand. `name` is for the error of a line that is too long. */
export async function* textLines(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<TextLine[]> {
  let number = 0;
  for await (const block of lineBlocks(chunks, name)) {
    const isBlockUtf8 = isUtf8(block);
    const lines: TextLine[] = [];
    for (let start = 0; start < block.length; ) {
      const newline = block.indexOf(0x0a, start);
      const next = newline < 0 ? block.length : newline + 1;
      const bytes = block.subarray(start, newline < 0 ? next : newline);
      const text = bytes.toString("utf8").replace(/\r$/, "");
      lines.push({ number: ++number, text, isUtf8: isBlockUtf8 || isUtf8(bytes) });
      start = next;
    }
    yield lines;
  }
}
