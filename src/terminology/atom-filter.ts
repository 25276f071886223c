import type { Atom } from "./atom.ts";
import { threeLetterCodes } from "./languages.ts";
import { TermduetError } from "./termduet-error.ts";

export interface AtomFilterOptions {
  /** Sources to keep, in any case; all when absent or empty. */
  sab?: readonly string[];
  /** Languages to keep, as LAT or ISO 639-1 (`FRE`, `fr`); all when absent or empty. */
  lat?: readonly string[];
  /** Term types to keep, in any case; all when absent or empty. */
  tty?: readonly string[];
  /** Whether obsolete and suppressed atoms (SUPPRESS O, E, Y) are kept. Default false. */
  includeSuppressed?: boolean;
}

/**
 * A predicate that says whether an atom is kept.
 * @throws TermduetError `usage` for a language that cannot be one, which would keep nothing in silence.
 */
export function atomFilter(options: AtomFilterOptions = {}): (atom: Atom) => boolean {
  const sab = wanted(options.sab?.map(upper));
  const lat = wanted(options.lat?.flatMap(latsNamed));
  const tty = wanted(options.tty?.map(upper));
  const includeSuppressed = options.includeSuppressed ?? false;
  return (atom) =>
    (includeSuppressed || atom.suppress === "N") &&
    (!lat || lat.has(atom.lat)) &&
    (!sab || sab.has(upper(atom.sab))) &&
    (!tty || tty.has(upper(atom.tty)));
}

function wanted(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return values && values.length > 0 ? new Set(values) : undefined;
}

function upper(value: string): string {
  return value.trim().toUpperCase();
}

/** Three letters that are in no table pass as they are: a release may have a language of its own. */
function latsNamed(value: string): string[] {
  const known = threeLetterCodes(value);
  if (known) return known;
  if (/^[A-Z]{3}$/.test(upper(value))) return [upper(value)];
  throw new TermduetError(
    "usage",
    `"${value}" is no language: give LAT or ISO 639-1 codes, such as FRE or fr`,
  );
}
