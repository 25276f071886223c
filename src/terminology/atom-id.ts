import { hash } from "node:crypto";
import type { Atom } from "./atom.ts";

/**
 * An AUI for formats that have none: `A` and 16 hexadecimal digits of a hash over what the atom says. The same name of
 * the same concept has the same AUI in every release; two rows that say the same are one atom. 64 bits: among 17
 * million atoms, two share one by chance once in 100,000 releases.
 */
export function atomId(atom: Pick<Atom, "cui" | "lat" | "sab" | "tty" | "code" | "str">): string {
  const content = [atom.cui, atom.lat, atom.sab, atom.tty, atom.code, atom.str].join("\u0000");
  return `A${hash("sha1", content, "hex").slice(0, 16)}`;
}
