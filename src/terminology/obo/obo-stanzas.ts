import { textLines } from "../files/text-lines.ts";
import { type OboClause, parseClause } from "./obo-clause.ts";

/** A stanza of an OBO file with its clauses; the header is the stanza of type `""`. */
export interface OboStanza {
  /** `Term`, `Typedef`, `Instance`; `""` for the header. */
  type: string;
  /** 1-based line of its `[…]`. */
  line: number;
  clauses: LocatedClause[];
}

export interface LocatedClause extends OboClause {
  line: number;
  /** The line as written, for rejects. */
  text: string;
}

export type RejectLine = (line: number, reason: string, text: string) => void;

/** The stanzas of an OBO file in arrays, in order. Lines that are no clause, or no UTF-8, go to `reject`. */
export async function* oboStanzas(
  chunks: AsyncIterable<Buffer>,
  name: string,
  reject: RejectLine,
): AsyncGenerator<OboStanza[]> {
  let stanza: OboStanza = { type: "", line: 1, clauses: [] };
  let done: OboStanza[] = [];
  let pending = ""; // a line that a backslash at its end continues
  let pendingLine = 0;
  const take = (line: number, text: string) => {
    const content = text.trim();
    if (content === "" || content.startsWith("!")) return;
    const header = /^\[(\w+)\]/.exec(content);
    if (header) {
      done.push(stanza);
      stanza = { type: header[1]!, line, clauses: [] };
      return;
    }
    const clause = parseClause(content);
    if (clause) stanza.clauses.push({ ...clause, line, text });
    else reject(line, "no tag: a line of OBO is `tag: value`", text);
  };
  for await (const lines of textLines(chunks, name)) {
    for (const { number, text, isUtf8 } of lines) {
      if (!isUtf8) {
        reject(number, "not UTF-8", text);
        continue;
      }
      const whole = pending + text;
      if (pending === "") pendingLine = number;
      pending = continues(whole) ? whole.slice(0, -1) : "";
      if (pending === "") take(pendingLine, whole);
    }
    yield done;
    done = [];
  }
  take(pendingLine, pending);
  yield [...done, stanza];
}

/** Whether a line ends in a backslash that is not itself escaped. */
function continues(line: string): boolean {
  return line.endsWith("\\") && /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
}
