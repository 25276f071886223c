/** A mention of a concept that somebody has annotated in a text. */
export interface Mention {
  /** Identifiers of the concept, any of which may be one of the release: a CUI, or a code, with or without a prefix (`MESH:D009223`). */
  ids: string[];
  /** The words that mention it. */
  text: string;
  /** The text in which it stands, cut to its neighbourhood. */
  context?: string;
}

/** Characters of the text on each side that are kept: what encoders read of it. */
const SIDE = 800;

/** A mention at a place of a text; undefined where the place holds nothing. */
export function mentionAt(
  text: string,
  start: number,
  end: number,
  ids: readonly string[],
): Mention | undefined {
  const words = text.slice(start, end).replace(/\s+/g, " ").trim();
  if (words === "" || ids.length === 0) return undefined;
  const context = text
    .slice(Math.max(0, start - SIDE), end + SIDE)
    .replace(/\s+/g, " ")
    .trim();
  return { ids: [...ids], text: words, ...(context === words ? {} : { context }) };
}

/** The identifiers of a cell: several with `|`, `,` or `;` between them; `-1`, `null` and the like are none. A composite (`+`) is no single concept. */
export function identifiersIn(cell: string): string[] {
  if (cell.includes("+")) return [];
  return cell
    .split(/[|,;]/)
    .map((id) => id.trim())
    .filter((id) => id !== "" && id !== "-1" && id !== "-" && !/^(?:null|none|cui-less)$/i.test(id));
}
