import { RdfXmlParser } from "rdfxml-streaming-parser";
import { TermduetError } from "../termduet-error.ts";
import { visitingFactory } from "./rdf-terms.ts";
import type { VisitTriple } from "./triple.ts";

/** Small pieces keep what the parser holds small: it takes a piece whole before anything else happens. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * Reads RDF/XML statement by statement. Entities of the document's own DOCTYPE are expanded once, nothing is fetched.
 * @throws TermduetError `bad-input` for what is no well-formed RDF/XML, with the line.
 */
export async function readRdfXml(
  content: AsyncIterable<string>,
  name: string,
  visit: VisitTriple,
): Promise<void> {
  let failure: unknown;
  // The parser's own error objects know the line.
  const line = () => (parser.newParseError("") as { line?: number }).line ?? 0;
  const factory = visitingFactory((triple) => visit(triple, line));
  const parser = new RdfXmlParser({
    dataFactory: factory as never,
    trackPosition: true,
    validateUri: false,
  });
  // The parser goes on behind an error: the first one is what is wrong.
  parser.on("error", (error) => {
    failure ??= error;
  });
  parser.resume();
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      parser.write(text, () => resolve());
    });
  for await (const text of content) {
    for (let at = 0; at < text.length && failure === undefined; at += PIECE_CHARACTERS) {
      await write(text.slice(at, at + PIECE_CHARACTERS));
    }
    if (failure !== undefined) break;
  }
  if (failure === undefined) {
    // The parser does not say that a document ends within an element.
    const { activeTagStack } = parser as unknown as { activeTagStack: unknown[] };
    if (activeTagStack.length > 0)
      throw new TermduetError(
        "bad-input",
        `${name} is cut short: the XML ends at line ${line()} with ${activeTagStack.length} elements open; copy or download it again`,
      );
    parser.destroy();
    return;
  }
  const at = line();
  parser.destroy();
  if (failure instanceof TermduetError) throw failure;
  const reason = (failure instanceof Error ? failure.message : String(failure)).split("\n")[0]!;
  throw new TermduetError("bad-input", `${name} is no RDF/XML that can be read, at line ${at}: ${reason}`, {
    cause: failure,
  });
}
