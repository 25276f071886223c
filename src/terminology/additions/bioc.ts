import sax from "sax";
import { z } from "zod";
import { TermduetError } from "../termduet-error.ts";
import { identifiersIn, type Mention, mentionAt } from "./mention.ts";

/** Names under which BioC files keep what a mention was annotated with. */
const ID_KEYS = /^(?:id|identifier|cui|umls|mesh|code|norm.?id|concept.?id)$/i;

const annotationSchema = z.object({
  infons: z.record(z.string(), z.unknown()).default({}),
  text: z.string().optional(),
  locations: z.array(z.object({ offset: z.coerce.number(), length: z.coerce.number() })).default([]),
});
const collectionSchema = z.object({
  documents: z.array(
    z.object({
      passages: z.array(
        z.object({
          offset: z.coerce.number().default(0),
          text: z.string().default(""),
          annotations: z.array(annotationSchema).default([]),
        }),
      ),
    }),
  ),
});

type Annotation = z.infer<typeof annotationSchema>;

/** Mentions of a BioC collection in JSON, or of a list of its documents. Errors: `bad-input`. */
export function biocJsonMentions(content: string, path: string): Mention[] {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON`, { cause });
  }
  const parsed = collectionSchema.safeParse(Array.isArray(json) ? { documents: json } : json);
  if (!parsed.success)
    throw new TermduetError("bad-input", `${path} is no BioC: ${parsed.error.issues[0]!.path.join(".")}`);
  const passages = parsed.data.documents.flatMap((document) => document.passages);
  return passages.flatMap(({ offset, text, annotations }) =>
    annotations.flatMap((annotation) => mentionOf(annotation, text, offset) ?? []),
  );
}

/** Mentions of a BioC collection in XML. Errors: `bad-input` with the line. */
export function biocXmlMentions(content: string, path: string): Mention[] {
  const mentions: Mention[] = [];
  const parser = sax.parser(true, { trim: false });
  const open: string[] = [];
  let passage = { offset: 0, text: "", annotations: [] as Annotation[] };
  let annotation: Annotation | undefined;
  let [infon, words] = ["", ""];
  parser.onopentag = ({ name, attributes }) => {
    open.push(name);
    words = "";
    if (name === "passage") passage = { offset: 0, text: "", annotations: [] };
    else if (name === "annotation") annotation = { infons: {}, locations: [] };
    else if (name === "infon") infon = String(attributes["key"] ?? "");
    else if (name === "location")
      annotation?.locations.push({
        offset: Number(attributes["offset"]),
        length: Number(attributes["length"]),
      });
  };
  parser.ontext = (text) => {
    words += text;
  };
  parser.onclosetag = (name) => {
    open.pop();
    const within = open.at(-1);
    if (name === "infon" && within === "annotation") annotation!.infons[infon] = words.trim();
    else if (name === "offset" && within === "passage") passage.offset = Number(words);
    else if (name === "text" && within === "passage") passage.text = words;
    else if (name === "annotation" && annotation) {
      passage.annotations.push(annotation);
      annotation = undefined;
    } else if (name === "passage")
      for (const one of passage.annotations) {
        const mention = mentionOf(one, passage.text, passage.offset);
        if (mention) mentions.push(mention);
      }
    words = "";
  };
  parser.onerror = ({ message }) => {
    const why = message.split("\n")[0];
    throw new TermduetError(
      "bad-input",
      `${path}, line ${parser.line + 1}: no XML that can be read (${why})`,
    );
  };
  parser.write(content).close();
  return mentions;
}

function mentionOf({ infons, locations }: Annotation, text: string, offset: number): Mention | undefined {
  const ids = Object.entries(infons).flatMap(([key, value]) =>
    ID_KEYS.test(key) ? identifiersIn(String(value)) : [],
  );
  const starts = locations.map((place) => place.offset - offset);
  const ends = locations.map((place) => place.offset - offset + place.length);
  return locations.length === 0 ? undefined : mentionAt(text, Math.min(...starts), Math.max(...ends), ids);
}
