import { basename } from "node:path";
import { ClamlRelease } from "./claml/claml-release.ts";
import { CodeSystemRelease } from "./fhir/code-system-release.ts";
import { type PartFile, partContent } from "./files/stored-files.ts";
import { type TextEncoding, utf8Content } from "./files/text-encoding.ts";
import { findLoinc, LoincRelease } from "./loinc/loinc-release.ts";
import { OboRelease } from "./obo/obo-release.ts";
import { ObographRelease } from "./obo/obograph-release.ts";
import { findOmop, OmopRelease } from "./omop/omop-release.ts";
import { RdfRelease } from "./rdf/rdf-release.ts";
import type { ReleaseSource } from "./release-source.ts";
import { findRf2 } from "./rf2/rf2-files.ts";
import { Rf2Release } from "./rf2/rf2-release.ts";
import type { SingleFile } from "./single-file-release.ts";
import { TableRelease } from "./table/table-release.ts";
import { TermduetError } from "./termduet-error.ts";

/** Names of files that are a terminology by themselves. */
const SINGLE = /\.(?:obo|json|owl|rdf|xml|ttl|nt|skos|claml|tsv|csv|xlsx)$/i;
const HEAD_CHARACTERS = 64 * 1024;

/**
 * The release among the files of a folder or an archive that are no UMLS: SNOMED CT, OMOP, LOINC, or the one file that is a
 * terminology by itself. Undefined when there is none.
 * @throws TermduetError `bad-input` where several single files could be meant, or a release lacks what it needs.
 */
export async function openParts(
  files: readonly PartFile[],
  where: string,
  encoding: TextEncoding | undefined,
): Promise<ReleaseSource | undefined> {
  const rf2 = findRf2(files, where);
  if (rf2) return new Rf2Release(rf2);
  const omop = findOmop(files);
  if (omop) return new OmopRelease(omop);
  const loinc = findLoinc(files);
  if (loinc) return new LoincRelease(loinc);
  const single = files.filter(({ file }) => SINGLE.test(file));
  if (single.length > 1)
    throw new TermduetError(
      "bad-input",
      `${where} holds several files that may be meant (${single
        .slice(0, 5)
        .map(({ file }) => file)
        .join(", ")}${single.length > 5 ? ", …" : ""}): give one of them`,
    );
  const [only] = single;
  if (!only) return undefined;
  return await openSingle(
    { source: only.source, isGzip: only.isGzip, stored: only.stored },
    only.file,
    encoding,
  );
}

/** The release that a file is by its name (`.gz` already off) and its beginning; undefined for a name that says nothing. */
export async function openSingle(
  file: SingleFile,
  name: string,
  encoding: TextEncoding | undefined,
): Promise<ReleaseSource | undefined> {
  const part: PartFile = { ...file, file: name, folder: "" };
  if (/^CONCEPT\.(?:csv|tsv|txt)$/i.test(name) && (await startOf(part)).includes("concept_id"))
    return new OmopRelease(findOmop([part])!);
  if (/^(?:Loinc|LoincTableCore)\.csv$/i.test(name)) return new LoincRelease(findLoinc([part])!);
  if (/^x?sct2_.*\.txt$/i.test(name))
    throw new TermduetError(
      "bad-input",
      `${file.source.name} is one file of a SNOMED CT release: give the folder or the zip that holds the snapshot`,
    );
  switch (/\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase()) {
    case "obo":
      return new OboRelease(file, encoding);
    case "owl":
    case "rdf":
    case "ttl":
    case "nt":
    case "skos":
      return new RdfRelease(file);
    case "xml":
    case "claml":
      return /<ClaML\b/.test(await startOf(part))
        ? new ClamlRelease(file, basename(name).replace(/\..*$/, "").toUpperCase())
        : new RdfRelease(file);
    case "json":
      return /"resourceType"\s*:/.test(await startOf(part))
        ? new CodeSystemRelease(file)
        : new ObographRelease(file);
    case "tsv":
      return new TableRelease(file, "tsv", encoding);
    case "csv":
      return new TableRelease(file, "csv", encoding);
    case "xlsx":
      return new TableRelease(file, "xlsx", undefined);
    default:
      return undefined;
  }
}

/** The beginning of a file's text. */
async function startOf(part: PartFile): Promise<string> {
  let start = "";
  const { name } = part.source;
  for await (const chunk of utf8Content(partContent(part, {}), { name })) {
    start += chunk.toString("utf8");
    if (start.length >= HEAD_CHARACTERS) break;
  }
  return start.slice(0, HEAD_CHARACTERS);
}
