import { localKey } from "./concept-key.ts";
import type { MappingFile } from "./mapping.ts";

export interface ComparableMappings {
  found: MappingFile;
  reference: MappingFile;
  /** How a key of either file is written for the comparison. */
  keys: Record<"subject" | "object", (key: string) => string>;
  /** What had to be done, or could not be, for the two to be compared: sentences for the user. */
  notes: string[];
}

/**
 * Two sets of mappings whose identifiers can be compared. They are compared as wholes; where the two share no subject, or no
 * object, and would by what stands behind the last `/`, `#` and before any prefix, they are compared by that, and it is said.
 * Where they share none at all, that is said too: a score of 0 would look like bad mappings.
 */
export function comparableMappings(found: MappingFile, reference: MappingFile): ComparableMappings {
  const notes: string[] = [];
  const keys = { subject: (key: string) => key, object: (key: string) => key };
  for (const side of ["subject", "object"] as const) {
    const [ours, theirs] = [keysOf(found, side), keysOf(reference, side)];
    if (ours.size === 0 || theirs.size === 0 || shares(ours, theirs)) continue;
    const examples = `${[...ours][0]} in one, ${[...theirs][0]} in the other`;
    if (shares(new Set([...ours].map(localKey)), new Set([...theirs].map(localKey)))) {
      keys[side] = localKey;
      notes.push(
        `${side}s are compared by the last part of their identifiers, since none is the same as a whole (${examples})`,
      );
    } else {
      notes.push(
        `the two files share no ${side} (${examples}); are they of the same ${side === "subject" ? "lexicon" : "terminology"}?`,
      );
    }
  }
  return { found: renamed(found, keys), reference: renamed(reference, keys), keys, notes };
}

function keysOf({ mappings, subjects }: MappingFile, side: "subject" | "object"): ReadonlySet<string> {
  return side === "subject" ? subjects : new Set(mappings.map(({ object }) => object));
}

function shares(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((key) => b.has(key));
}

function renamed(
  { mappings, subjects, alternatives }: MappingFile,
  { subject, object }: ComparableMappings["keys"],
): MappingFile {
  return {
    mappings: mappings.map((m) => ({ ...m, subject: subject(m.subject), object: object(m.object) })),
    subjects: new Set([...subjects].map(subject)),
    alternatives,
  };
}
