import { z } from "zod";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { parseReleaseRecord } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

const planSchema = z.object({
  dataset: z.string(),
  release: z.string(),
  generation: z.int(),
  fingerprint: z.string(),
  encoders: z.array(z.object({ id: z.string(), hash: z.string() })),
  /** Processes, and blocks of strings: all must divide the release alike. */
  of: z.int(),
  blocks: z.int(),
});

/** What the processes that ingest one release by parts must have in common. */
export type PartsPlan = z.infer<typeof planSchema>;

const sampleSchema = z.object({
  ids: z.array(z.string()),
  texts: z.array(z.string()),
});

const partSchema = z.object({
  part: z.int(),
  /** The release's record as far as this part knows it: `encoded` and `copied` are its own. */
  record: z.unknown().transform(parseReleaseRecord),
  bySab: z.record(z.string(), z.int()),
  sample: sampleSchema,
  /** Some of its definitions, where an encoder knows them. */
  definitions: sampleSchema.optional(),
});

/** What one process has done. */
export type PartRecord = z.infer<typeof partSchema>;

const planKey = (dataset: string, release: string): string => `parts/${dataset}/${release}`;
const partKey = (dataset: string, release: string, part: number): string =>
  `${planKey(dataset, release)}/${part}`;

/**
 * Agrees with the other processes on what is ingested: the first one says it, in the store, and the others compare.
 * Errors: `conflict` for another source, other filters, encoders, block size or number of parts.
 */
export async function joinPlan(store: VectorStore, plan: PartsPlan, restart: boolean): Promise<void> {
  const { dataset, release } = plan;
  const known = await partsPlan(store, dataset, release);
  if (known && JSON.stringify(known) === JSON.stringify(planSchema.parse(plan))) return;
  if (known && !restart) {
    throw new TermduetError(
      "conflict",
      `${dataset} ${release} is being ingested by parts from another source, with other filters, encoders or block size, or in ${known.of} parts; ` +
        "use the same, or begin again by --restart with one part before the others",
    );
  }
  if (known) await forgetParts(store, dataset, release);
  await store.putMetadata(planKey(dataset, release), plan);
}

export async function partsPlan(
  store: VectorStore,
  dataset: string,
  release: string,
): Promise<PartsPlan | undefined> {
  const value = (await store.metadata())[planKey(dataset, release)];
  return value === undefined ? undefined : planSchema.parse(value);
}

/** The plan with the generation that the other processes make, where they ingest the same. */
export async function withGenerationOfParts(
  store: VectorStore,
  plan: Omit<PartsPlan, "blocks">,
): Promise<Omit<PartsPlan, "blocks">> {
  const known = await partsPlan(store, plan.dataset, plan.release);
  const isSame =
    known?.fingerprint === plan.fingerprint &&
    JSON.stringify(known.encoders) === JSON.stringify(plan.encoders);
  return isSame ? { ...plan, generation: known.generation } : plan;
}

export async function putPart(store: VectorStore, part: PartRecord): Promise<void> {
  const { dataset, release } = part.record;
  await store.putMetadata(partKey(dataset, release, part.part), part);
}

/** What a process has done already of a part, when it is asked for again. */
export async function donePart(
  store: VectorStore,
  plan: Omit<PartsPlan, "blocks">,
  part: number,
): Promise<PartRecord | undefined> {
  const { dataset, release } = plan;
  const metadata = await store.metadata();
  const known = planSchema.safeParse(metadata[planKey(dataset, release)]).data;
  const done = metadata[partKey(dataset, release, part)];
  if (!known || done === undefined) return undefined;
  const { blocks: __, ...same } = known;
  return JSON.stringify(same) === JSON.stringify(planSchema.omit({ blocks: true }).parse(plan))
    ? partSchema.parse(done)
    : undefined;
}

/** All parts of a plan. Errors: `conflict` naming those that are not done. */
export async function finishedParts(
  store: VectorStore,
  { dataset, release, of }: PartsPlan,
): Promise<PartRecord[]> {
  const metadata = await store.metadata();
  const numbers = Array.from({ length: of }, (_, i) => i + 1);
  const missing = numbers.filter((part) => !(partKey(dataset, release, part) in metadata));
  if (missing.length > 0) {
    throw new TermduetError(
      "conflict",
      `${dataset} ${release} is not whole: ${missing.length === 1 ? "part" : "parts"} ${missing.join(", ")} of ${of} ` +
        "must be ingested before --finish",
    );
  }
  return numbers.map((part) => partSchema.parse(metadata[partKey(dataset, release, part)]));
}

/** Forgets the parts and their plan: the plan last, so that a crash leaves something to forget. */
export async function forgetParts(store: VectorStore, dataset: string, release: string): Promise<void> {
  const prefix = `${planKey(dataset, release)}/`;
  for (const key of Object.keys(await store.metadata()))
    if (key.startsWith(prefix)) await store.deleteMetadata(key);
  await store.deleteMetadata(planKey(dataset, release));
}
