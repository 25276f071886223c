import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { numberOf } from "../datasets/labelled-table.ts";
import { conceptKey, type PrefixMap } from "./concept-key.ts";
import type { Mapping, MappingFile } from "./mapping.ts";

type Slots = Readonly<Record<string, string>>;

interface SssomSet {
  /** Slots of the set, of which some hold for each of its mappings. */
  metadata: Slots;
  prefixes: PrefixMap;
  /** `line`: 1-based; of JSON the number of the mapping. */
  rows: { line: number; slots: Slots }[];
}

const metadataSchema = z.looseObject({
  curie_map: z.record(z.string(), z.string()).optional(),
  "@context": z.record(z.string(), z.unknown()).optional(),
});
const PROPAGATED = ["subject_type", "mapping_tool", "mapping_justification", "predicate_id"] as const;
const SAME = /^(?:skos:exactMatch|owl:equivalentClass|owl:sameAs|owl:equivalentProperty)$/;
const SAME_IRI = /(?:core#exactMatch|owl#equivalentClass|owl#sameAs|owl#equivalentProperty)$/;
/** Of pairs that Termduet has decided on: a rating below 5 makes a closeMatch of one that is taken. */
const TAKEN = /^skos:(?:exact|close|related)Match$/;
const DECIDED = new Set(["semapv:CompositeMatching", "semapv:ManualMappingCuration"]);

/** Whether a text is SSSOM as a table: by its metadata, or by the columns that every such table has. */
export function isSssomTable(text: string): boolean {
  if (/^#\s*(?:curie_map|mapping_set_id|license|mapping_set_|sssom_version)\b/m.test(text.slice(0, 20_000)))
    return true;
  const header = text.split("\n").find((line) => !line.startsWith("#")) ?? "";
  return /\bobject_id\b/.test(header) && /\bpredicate_id\b/.test(header);
}

/** Mappings of SSSOM as TSV or CSV, with its metadata above it or in a `.yml` beside it. @throws TermduetError `bad-input`. */
export async function sssomTable(path: string, text: string): Promise<MappingFile> {
  const [, header = ""] = /^((?:#[^\n]*(?:\n|$))*)/.exec(text) ?? [];
  const skipped = header.split("\n").length - 1;
  const yaml = header.replace(/^# ?/gm, "");
  const outside = await besides(path);
  const metadata = { ...parsedMetadata(path, outside), ...parsedMetadata(path, yaml) };
  const body = text.slice(header.length);
  const delimiter = body.slice(0, body.indexOf("\n")).includes("\t") ? "\t" : ",";
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(body, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as typeof records;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TermduetError("bad-input", `${path} is not readable as SSSOM (${message})`, { cause });
  }
  const [first, ...rest] = records;
  const names = first?.record ?? [];
  if (!names.includes("object_id"))
    throw new TermduetError("bad-input", `${path} is not an SSSOM file: its column object_id is missing`);
  const rows = rest
    .filter(({ record }) => record.some((cell) => cell.trim() !== ""))
    .map(({ record, info }) => ({
      line: skipped + info.lines,
      slots: Object.fromEntries(names.map((name, column) => [name, (record[column] ?? "").trim()])),
    }));
  return mappingsOf(path, setOf(metadata, rows));
}

/** Mappings of SSSOM as JSON, as sssom-py writes it. @throws TermduetError `bad-input` for another JSON. */
export function sssomJson(path: string, text: string): MappingFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON (${(cause as Error).message})`, { cause });
  }
  const schema = metadataSchema.extend({ mappings: z.array(z.record(z.string(), z.unknown())) });
  const { data } = schema.safeParse(value);
  if (!data) throw new TermduetError("bad-input", `${path} is not SSSOM: it has no list "mappings"`);
  const { mappings, ...metadata } = data;
  const rows = mappings.map((slots, i) => ({ line: i + 1, slots: textSlots(slots) }));
  return mappingsOf(path, setOf(metadata, rows));
}

function setOf(metadata: z.infer<typeof metadataSchema>, rows: SssomSet["rows"]): SssomSet {
  const context = Object.entries(metadata["@context"] ?? {});
  const declared = context.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const prefixes = new Map([...declared, ...Object.entries(metadata.curie_map ?? {})]);
  return { metadata: textSlots(metadata), prefixes, rows };
}

function textSlots(slots: Readonly<Record<string, unknown>>): Slots {
  const texts = Object.entries(slots).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
  );
  return Object.fromEntries(texts);
}

/** The text of a metadata file beside a table, by the names that are in use; empty where there is none. */
async function besides(path: string): Promise<string> {
  const stem = path.replace(/\.gz$/i, "").replace(/\.(?:tsv|csv|txt)$/i, "");
  const bare = stem.replace(/\.sssom$/i, "");
  for (const name of [stem, bare, `${bare}-meta`, `${bare}.metadata`])
    for (const extension of ["yml", "yaml"]) {
      const text = await readFile(`${name}.${extension}`, "utf8").catch(() => undefined);
      if (text !== undefined) return text;
    }
  return "";
}

function parsedMetadata(path: string, yaml: string): z.infer<typeof metadataSchema> {
  if (yaml.trim() === "") return {};
  try {
    return metadataSchema.parse(parseYaml(yaml) ?? {});
  } catch (cause) {
    const [reason] = (cause as Error).message.split("\n");
    throw new TermduetError("bad-input", `${path}: its metadata is not YAML of SSSOM (${reason})`, { cause });
  }
}

/**
 * All mappings of a set. Of Termduet's own (by `mapping_tool`) only those that are decisions: beside each stand the pieces of
 * evidence for it, which are mappings by one encoder's word.
 */
function mappingsOf(path: string, { metadata, prefixes, rows }: SssomSet): MappingFile {
  const subjects = new Set<string>();
  const mappings = rows.flatMap(({ line, slots: own }): Mapping[] => {
    const slots: Slots = {
      ...Object.fromEntries(PROPAGATED.map((name) => [name, metadata[name] ?? ""])),
      ...filled(own),
    };
    const isOurs = slots["mapping_tool"] === "Termduet";
    if (isOurs && !DECIDED.has(slots["mapping_justification"] ?? "")) return [];
    const subject = subjectOf(slots, prefixes);
    if (subject === "")
      throw new TermduetError("bad-input", `${path}, line ${line}: a mapping without a subject`);
    subjects.add(subject);
    const object =
      slots["object_id"] || (/literal/.test(slots["object_type"] ?? "") ? (slots["object_label"] ?? "") : "");
    if (object === "" || object === "sssom:NoTermFound" || slots["predicate_modifier"] === "Not") return [];
    const predicate = slots["predicate_id"] ?? "";
    const isSame = SAME.test(predicate) || SAME_IRI.test(predicate) || (isOurs && TAKEN.test(predicate));
    const confidence = slots["confidence"] ?? "";
    return [
      {
        subject,
        object: conceptKey(object, prefixes),
        relation: isSame ? "same" : "unsure",
        score: confidence === "" ? 1 : numberOf(confidence, "the confidence", path, line),
      },
    ];
  });
  return { mappings, subjects, alternatives: false };
}

function filled(slots: Slots): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([, value]) => value !== ""));
}

/** The entry of a lexicon that a row is about, else the subject's identifier, else the literal that the subject is. */
function subjectOf(slots: Slots, prefixes: PrefixMap): string {
  const entry = /(?:^|\|)lexicon_id=((?:\\.|[^|\\])*)/.exec(slots["other"] ?? "")?.[1];
  if (entry !== undefined) return conceptKey(entry.replace(/\\(.)/g, "$1"));
  const id = slots["subject_id"] ?? "";
  return id === "" ? (slots["subject_label"] ?? "") : conceptKey(id, prefixes);
}
