import { TermduetError } from "../../src/terminology/termduet-error.ts";
import { activeReleases, type ReleaseRecord, releaseRecords } from "../../src/vector-store/release-record.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";
import {
  activateRelease,
  activationHistory,
  dropCollections,
  forgetRelease,
} from "../finish/switch-release.ts";
import { lockDataset, lockSwitch } from "../work/dataset-lock.ts";
import { dropUnfinished } from "../work/generations.ts";

/** A release by name. Errors: `not-found` naming those that there are. */
export async function findRelease(
  store: VectorStore,
  dataset: string,
  release: string,
): Promise<ReleaseRecord> {
  const records = await releaseRecords(store);
  const found = records.findLast((r) => r.dataset === dataset && r.release === release);
  if (found) return found;
  const names = records.map((r) => `${r.dataset} ${r.release}`).join(", ") || "none";
  throw new TermduetError(
    "not-found",
    `there is no release ${dataset} ${release} in ${store.url}; it holds ${names}`,
  );
}

/** Makes a release that is in the store the active one. */
export async function activate(store: VectorStore, dataset: string, release: string): Promise<ReleaseRecord> {
  using _ = await lockSwitch(store, dataset, `a switch to ${release}`);
  const record = await findRelease(store, dataset, release);
  await activateRelease(store, record);
  return record;
}

/** Goes back to the release that was active before. Errors: `not-found` when there is none left. */
export async function rollback(store: VectorStore, dataset: string): Promise<ReleaseRecord> {
  using _ = await lockSwitch(store, dataset, "a rollback");
  const [current] = (await activeReleases(store)).filter((r) => r.dataset === dataset);
  const records = (await releaseRecords(store)).filter((r) => r.dataset === dataset);
  const names = records.map((r) => r.release);
  const earlier = (await activationHistory(store, dataset)).filter(
    (name) => name !== current?.release && names.includes(name),
  );
  const target = records.find((r) => r.release === earlier.at(-1));
  if (!target) {
    throw new TermduetError(
      "not-found",
      `there is no earlier release of ${dataset} in ${store.url} to go back to`,
    );
  }
  await activateRelease(store, target);
  return target;
}

/** Removes a release with its vectors. Errors: `conflict` for the active one, and while the dataset is ingested. */
export async function remove(store: VectorStore, dataset: string, release: string): Promise<ReleaseRecord> {
  using _ = lockDataset(store, dataset, `the removal of ${dataset} ${release}`);
  const record = await forgotten(store, dataset, release);
  await dropCollections(store, [record]);
  return record;
}

async function forgotten(store: VectorStore, dataset: string, release: string): Promise<ReleaseRecord> {
  using _ = await lockSwitch(store, dataset, `the removal of ${release}`);
  const record = await findRelease(store, dataset, release);
  if ((await activeReleases(store)).some((r) => r.dataset === dataset && r.release === release)) {
    throw new TermduetError(
      "conflict",
      `${dataset} ${release} is active; activate another release before you remove it`,
    );
  }
  await forgetRelease(store, record);
  return record;
}

/** Removes what ingests and imports of a release left that did not come to their end; gives the collections. Errors: `conflict`. */
export async function removeUnfinished(
  store: VectorStore,
  dataset: string,
  release: string,
): Promise<string[]> {
  using _ = lockDataset(store, dataset, `the removal of ${dataset} ${release}`);
  return dropUnfinished(store, { dataset, release });
}
