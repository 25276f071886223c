import { readFile } from "node:fs/promises";
import sax from "sax";
import { unreadable } from "../../terminology/files/file-access.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";

/** An element with what is in it. Names are local ones: `rdf:resource` is `resource`. */
export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly XmlElement[];
  /** The text in it and in what is in it, spaces collapsed. */
  text: string;
  /** 1-based line on which it begins. */
  line: number;
}

interface OpenElement extends XmlElement {
  children: XmlElement[];
}

/**
 * Elements of the names given, wherever they stand in the file, in order; an element within one of them is among its
 * children. No entities but XML's own are expanded, and nothing is fetched.
 * @throws TermduetError `not-found`; `bad-input` for what is no well-formed XML, with the line.
 */
export async function xmlElements(path: string, names: ReadonlySet<string>): Promise<XmlElement[]> {
  return xmlElementsOf(path, await textOf(path), names);
}

/** The same of a text that has been read; `path` is for errors. Entities that its own DOCTYPE declares as texts are known. */
export function xmlElementsOf(path: string, text: string, names: ReadonlySet<string>): XmlElement[] {
  const found: XmlElement[] = [];
  const open: OpenElement[] = [];
  const parser = sax.parser(true, { position: true });
  let tagLine = 1;
  parser.onopentagstart = () => {
    tagLine = parser.line + 1;
  };
  parser.onopentag = ({ name, attributes }) => {
    const local = localName(name);
    if (open.length === 0 && !names.has(local)) return;
    const own = Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [localName(key), String(value)]),
    );
    open.push({ name: local, attributes: own, children: [], text: "", line: tagLine });
  };
  const onText = (piece: string): void => {
    const last = open.at(-1);
    if (last) last.text += piece;
  };
  parser.ontext = onText;
  parser.oncdata = onText;
  parser.onclosetag = () => {
    const element = open.pop();
    if (!element) return;
    const parent = open.at(-1);
    if (parent) {
      parent.text += element.text;
      parent.children.push(element);
    } else found.push(element);
    element.text = element.text.replace(/\s+/gu, " ").trim();
  };
  parser.onerror = (cause) => {
    const reason = cause.message.split("\n")[0]!;
    throw new TermduetError(
      "bad-input",
      `${path} is no well-formed XML at line ${parser.line + 1}: ${reason}`,
      {
        cause,
      },
    );
  };
  for (const [, name, value] of doctypeOf(text).matchAll(/<!ENTITY\s+([\w.-]+)\s+["']([^"'&%<]*)["']\s*>/g))
    parser.ENTITIES[name!] = value!;
  parser.write(text).close();
  return found;
}

/** What a DOCTYPE declares within the file; nothing outside it is read. */
function doctypeOf(text: string): string {
  return /<!DOCTYPE[^[>]*\[([\s\S]*?)\]\s*>/.exec(text.slice(0, 100_000))?.[1] ?? "";
}

async function textOf(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const [, declared = "utf-8"] =
    /^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(bytes.toString("latin1", 0, 200)) ?? [];
  try {
    return new TextDecoder(declared, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not in ${declared}, as its first line says`, { cause });
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
