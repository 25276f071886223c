import { TermduetError } from "../termduet-error.ts";
import type { RdfSyntax } from "./triple.ts";

/** Far enough to be past comments and the first prefixes. */
const HEAD_BYTES = 64 * 1024;

/**
 * The text of an RDF file and how it is written, known by its beginning: what is called `.owl` may be any of the forms.
 * `known` says that it is XML, of another kind.
 * @throws TermduetError `bad-input` for a form that is not read, with what converts it, and for bytes that are not in the
 *   encoding that the XML declaration names (UTF-8 where it names none).
 */
export async function rdfText(
  content: AsyncIterable<Buffer>,
  name: string,
  known?: "xml",
): Promise<{ syntax: RdfSyntax; text: AsyncGenerator<string> }> {
  const chunks = content[Symbol.asyncIterator]();
  const pieces: Buffer[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    pieces.push(next.value);
    bytes += next.value.length;
  }
  const head = Buffer.concat(pieces);
  const start = head.toString("utf8", 0, HEAD_BYTES).replace(/^\ufeff/, "");
  const syntax = known === "xml" ? "rdfxml" : syntaxOf(start, name);
  // UTF-16 has become UTF-8 on the way, whatever the declaration says of it.
  const declared =
    syntax === "rdfxml" ? /^<\?xml[^>]*encoding=["']([\w.:-]+)["']/.exec(start)?.[1] : undefined;
  const encoding = declared === undefined || /^utf-?(?:8|16)/i.test(declared) ? "utf-8" : declared;
  const all = async function* () {
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  return { syntax, text: decoded(all(), encoding, name) };
}

async function* decoded(
  content: AsyncIterable<Buffer>,
  encoding: string,
  name: string,
): AsyncGenerator<string> {
  let line = 1;
  const wrong = (cause: unknown) =>
    new TermduetError("bad-input", `${name} is not in ${encoding} after line ${line}: save it as UTF-8`, {
      cause,
    });
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new TermduetError("bad-input", `${name} is in ${encoding}, which is not read: save it as UTF-8`, {
      cause,
    });
  }
  const step = (decode: () => string): string => {
    try {
      return decode();
    } catch (cause) {
      throw wrong(cause);
    }
  };
  for await (const chunk of content) {
    const text = step(() => decoder.decode(chunk, { stream: true }));
    line += text.split("\n").length - 1;
    if (text !== "") yield text;
  }
  const rest = step(() => decoder.decode());
  if (rest !== "") yield rest;
}

function syntaxOf(start: string, name: string): RdfSyntax {
  const bare = start.replace(/^(?:\s|#[^\n]*\n)+/, "");
  const convert = "convert it, e.g. with `robot convert --input IN --output OUT.owl`";
  const other = (what: string) =>
    new TermduetError("bad-input", `${name} is ${what}, which is not read: ${convert}`);
  if (/^<\?xml|^<!DOCTYPE|^<!--|^<\w+:RDF\b|^<RDF\b/.test(bare)) {
    if (
      /<(?:owl:)?Ontology\b[^>]*xmlns="http:\/\/www\.w3\.org\/2002\/07\/owl#"/.test(bare) &&
      !/<\w+:RDF\b/.test(bare)
    )
      throw other("OWL/XML");
    if (!/<(?:\w+:)?RDF\b/.test(bare)) throw other("XML, but no RDF/XML");
    return "rdfxml";
  }
  if (/^Prefix\(|^Ontology\(/m.test(bare.slice(0, 4_096))) throw other("OWL functional syntax");
  if (/^(?:Prefix|Ontology):/m.test(bare.slice(0, 4_096))) throw other("OWL in Manchester syntax");
  if (/^[{[]\s*["{[\]}]/.test(bare)) throw other("JSON-LD");
  return "turtle";
}
