import { checkRelease } from "../../../ingest/finish/check-release.ts";
import { unfinishedReleases } from "../../../ingest/work/generations.ts";
import type { EncoderFolder } from "../../encoder/encoder-manifest.ts";
import { openStore, storeIsThere } from "../../vector-store/open-store.ts";
import {
  activeReleases,
  collectionsOf,
  type ReleaseRecord,
  releaseRecords,
} from "../../vector-store/release-record.ts";
import type { VectorStore } from "../../vector-store/vector-store.ts";

export interface Finding {
  ok: boolean;
  /** What was found; when it is not well, what to do. */
  says: string;
}

const NO_STORE = (url: string): string =>
  `there is none at ${url} yet; \`termduet ingest\` makes it and puts a release in, \`termduet start\` the sample`;

/** Whether the active releases can be searched: each collection is asked for something. */
export async function storeCheck(url: string, encoders: readonly EncoderFolder[]): Promise<Finding> {
  if (!storeIsThere(url)) return { ok: true, says: NO_STORE(url) };
  await using store = await openStore(url);
  const active = await activeReleases(store);
  const left = await unfinishedText(store);
  if (active.length === 0)
    return { ok: true, says: `${store.url} is empty; \`termduet ingest\` puts a release in${left}` };
  const missing = active.flatMap((record) =>
    record.encoders.filter((e) => !encoders.some((f) => f.hash === e.hash)).map((e) => ({ record, e })),
  );
  if (missing[0]) {
    const { record, e } = missing[0];
    return {
      ok: false,
      says: `${record.dataset} ${record.release} was made by ${e.id} (${e.hash}), which is not installed here; ingest it again`,
    };
  }
  for (const record of active) await search(store, record);
  return {
    ok: true,
    says: `${store.url} holds ${active.map((r) => `${r.dataset} ${r.release} (${r.counts.strings} strings)`).join(", ")}${left}`,
  };
}

/** Errors: those of the store where a collection of the release does not answer. */
async function search(store: VectorStore, record: ReleaseRecord): Promise<void> {
  for (const { spec } of collectionsOf(record)) {
    if (spec.dimension === undefined) await store.fetch(spec.name, [{ ordinal: 0 }]);
    else {
      const query = new Float32Array(spec.dimension);
      query[0] = 1;
      await store.search(spec.name, query, { limit: 1 });
    }
  }
}

async function unfinishedText(store: VectorStore): Promise<string> {
  const left = await unfinishedReleases(store);
  if (left.length === 0) return "";
  const names = [...new Set(left.map(({ dataset, release }) => `${dataset} ${release}`))];
  return (
    `; of ${names.join(", ")} something is left of an ingest or import that did not come to its end: ` +
    "ingest --resume goes on with it, releases remove --unfinished removes it"
  );
}

/** Reads every block of the store against its checksum, a finding for each release and one for the records. */
export async function deepChecks(url: string): Promise<(Finding & { what: string })[]> {
  if (!storeIsThere(url)) return [{ what: "checksums", ok: true, says: "there is nothing to read yet" }];
  await using store = await openStore(url);
  if (!store.integrity || !store.recordDamages) {
    const says = `${store.url} is a server, which keeps checksums of its own; counts were compared`;
    return [{ what: "checksums", ok: true, says }, ...(await releaseChecks(store))];
  }
  const records = await store.recordDamages();
  const mend = "termduet restore puts a backup in its place";
  return [
    {
      what: "checksums of the records",
      ok: records.length === 0,
      says: records.length === 0 ? "all as written" : `${records.join("; ")}; ${mend}`,
    },
    ...(records.length === 0 ? await releaseChecks(store) : []),
  ];
}

async function releaseChecks(store: VectorStore): Promise<(Finding & { what: string })[]> {
  const checks: (Finding & { what: string })[] = [];
  for (const record of await releaseRecords(store)) {
    const { dataset, release } = record;
    const what = `checksums of ${dataset} ${release}`;
    const { damages, mended, unchecked } = await checkRelease(store, record);
    const made = mended.length > 0 ? ` (${mended.join("; ")}: made again)` : "";
    if (damages.length > 0)
      checks.push({
        what,
        ok: false,
        says:
          `${damages.join("; ")}${made}; termduet ingest SOURCE --dataset ${dataset} --release ${release} --restart rebuilds it, ` +
          "or termduet restore puts a backup in its place",
      });
    else if (unchecked.length > 0)
      checks.push({
        what,
        ok: true,
        says: "an earlier version wrote it, without checksums; termduet upgrade adds them",
      });
    else checks.push({ what, ok: true, says: `all as written${made}` });
  }
  return checks;
}
