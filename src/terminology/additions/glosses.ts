import { latOf } from "../languages.ts";
import { TermduetError } from "../termduet-error.ts";
import { rowsOf } from "./small-table.ts";

/** What a user's own source says of a name. */
export interface Gloss {
  name: string;
  /** Language of name and gloss, as LAT. */
  lat: string;
  text: string;
  /** Stands with the gloss wherever it is shown, like a SAB. */
  source: string;
  /** As the file says; empty where it says nothing. */
  licence: string;
}

const COLUMNS = {
  name: ["name", "term", "headword", "word", "terme"],
  gloss: ["gloss", "definition", "sense", "explanation"],
  lang: ["lang", "language", "lat"],
  source: ["source", "sab"],
  licence: ["licence", "license"],
} as const;

/**
 * Reads glosses: a `.tsv`, `.csv` or `.jsonl` (also `.gz`) with `name`, `gloss`, `lang`, `source` and, if it likes, `licence`.
 * @throws TermduetError `not-found`; `bad-input` for a missing column, an unknown language, or a file without a gloss.
 */
export async function* readGlosses(path: string): AsyncGenerator<Gloss> {
  let count = 0;
  for await (const { name, gloss, lang, source, licence } of rowsOf(path, COLUMNS, [
    "name",
    "gloss",
    "lang",
    "source",
  ])) {
    if (name === "" || gloss === "") continue;
    const lat = latOf(lang);
    if (lat === undefined || source === "") {
      const what = lat === undefined ? `"${lang.slice(0, 20)}" is no language` : "the source is empty";
      throw new TermduetError(
        "bad-input",
        `${path}: in gloss ${count + 1} ${what}; each needs lang and source`,
      );
    }
    count++;
    yield { name, lat, text: gloss, source, licence };
  }
  if (count === 0) throw new TermduetError("bad-input", `${path} holds no gloss`);
}
