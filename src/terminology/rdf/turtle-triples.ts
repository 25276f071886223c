import { Parser } from "n3";
import { TermduetError } from "../termduet-error.ts";
import { visitingFactory } from "./rdf-terms.ts";
import type { VisitTriple } from "./triple.ts";

/**
 * Reads Turtle (and N-Triples, which is a part of it) statement by statement.
 * @throws TermduetError `bad-input` for what is no Turtle, with the line.
 */
export async function readTurtle(
  content: AsyncIterable<string>,
  name: string,
  visit: VisitTriple,
): Promise<void> {
  let failure: Error | undefined;
  let onData: (text: string) => void = () => {};
  let onEnd: () => void = () => {};
  const factory = visitingFactory((triple) => {
    if (failure === undefined) visit(triple, line);
  });
  const parser = new Parser({ format: "text/turtle", factory: factory as never });
  // The lexer's count is the only one: the parser tells lines in its errors alone.
  const line = () => (parser as unknown as { _lexer: { _line?: number } })._lexer._line ?? 0;
  // What the parser takes for a stream: it gives the two functions by which text goes in.
  const stream = {
    on(event: string, callback: never) {
      if (event === "data") onData = callback;
      else if (event === "end") onEnd = callback;
    },
  };
  parser.parse(
    stream as never,
    ((error: Error | null) => {
      if (error) failure ??= error;
    }) as never,
  );
  try {
    for await (const text of content) {
      onData(text);
      if (failure) break;
    }
    if (!failure) onEnd();
  } catch (error) {
    failure ??= error as Error;
  }
  if (!failure) return;
  if (failure instanceof TermduetError) throw failure;
  const reason = failure.message.split("\n")[0]!.replace(/\.$/, "");
  throw new TermduetError("bad-input", `${name} is no Turtle that can be read: ${reason} (line ${line()})`, {
    cause: failure,
  });
}
