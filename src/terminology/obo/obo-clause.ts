/** One `tag: value` line of an OBO file. */
export interface OboClause {
  tag: string;
  /** Without trailing comment and trailing modifiers; escapes still in place. */
  value: string;
  /** Trailing modifiers, `{source="x", xml:lang="fr"}`. */
  modifiers: ReadonlyMap<string, string>;
}

/** A quoted string at the start of a value, and what follows it. */
export interface OboQuoted {
  text: string;
  /** Language of `"text"@fr`. */
  language: string | undefined;
  rest: string;
}

/**
 * Key, `=` and a value in quotes, or a bare one as some writers have it; only a list of nothing else counts, since names of
 * chemicals hold bare braces.
 */
const MODIFIERS = /\{\s*((?:[^\s="{},]+\s*=\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"|[^\s="{},]+)\s*(?:,\s*)?)+)\}$/;
const MODIFIER = /([^\s="{},]+)\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s="{},]+))/g;
const NO_MODIFIERS: ReadonlyMap<string, string> = new Map();
const QUOTED = /^"([^"\\]*(?:\\.[^"\\]*)*)"(?:@([A-Za-z][A-Za-z0-9-]*))?\s*/s;
/** What may stand behind the string: nothing, cross-references, at most two words (scope and type) before them. */
const TAIL = /^(?:[^\s"[\]]+\s+){0,2}(?:\[|[^\s"[\]]*$)/;
const BARE_QUOTES =
  /^"(.*)"(?:@([A-Za-z][A-Za-z0-9-]*))?\s*((?:(?:EXACT|BROAD|NARROW|RELATED)\b[^"[]*)?\[.*|(?:EXACT|BROAD|NARROW|RELATED)\b[^"[]*)$/s;

/** Reads a line; undefined when it has no tag. */
export function parseClause(line: string): OboClause | undefined {
  const colon = line.indexOf(":");
  if (colon <= 0) return undefined;
  const tag = line.slice(0, colon).trim();
  const bare = withoutComment(line.slice(colon + 1)).trim();
  const match = bare.endsWith("}") ? MODIFIERS.exec(bare) : null;
  if (!match) return { tag, value: bare, modifiers: NO_MODIFIERS };
  const pairs = Array.from(
    match[1]!.matchAll(MODIFIER),
    ([, key, quoted, bare]) => [key!, unescapeObo(quoted ?? bare ?? "")] as const,
  );
  return { tag, value: bare.slice(0, match.index).trimEnd(), modifiers: new Map(pairs) };
}

/** The language in a clause's modifiers: `xml:lang`, `lang`, or the IRI that some writers make of it. */
export function languageOf(clause: OboClause): string | undefined {
  for (const [key, value] of clause.modifiers) if (/(?:^|[:/#])(?:namespace)?lang$/i.test(key)) return value;
  return undefined;
}

/**
 * Reads the quoted string that a value begins with. Quotes within it that are not escaped (`"3,3',3"-phosphane…" EXACT []`)
 * are part of it where what follows the last one can only be a scope, a type or cross-references. Undefined when there is
 * no such string.
 */
export function parseQuoted(value: string): OboQuoted | undefined {
  const match = QUOTED.exec(value);
  const rest = match ? value.slice(match[0].length) : "";
  if (match && TAIL.test(rest)) return { text: unescapeObo(match[1]!), language: match[2], rest };
  const wide = BARE_QUOTES.exec(value);
  return wide ? { text: unescapeObo(wide[1]!), language: wide[2], rest: wide[3]! } : undefined;
}

/** Resolves OBO's escapes: `\n` newline, `\t` tab, `\W` space; any other character stands for itself. */
export function unescapeObo(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character);
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", W: " " };

/** Cuts a trailing ` ! comment`: a `!` behind a space, outside quotes, not escaped. */
function withoutComment(text: string): string {
  if (!text.includes("!")) return text;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "!" && !isQuoted && /\s/.test(text[at - 1] ?? " ")) return text.slice(0, at);
  }
  return text;
}
