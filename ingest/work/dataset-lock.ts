import { join } from "node:path";
import { type HeldLock, LockHeld, tryLock, waitForLock } from "../../src/machine/held-lock.ts";
import { TermduetError } from "../../src/terminology/termduet-error.ts";
import type { VectorStore } from "../../src/vector-store/vector-store.ts";

const SWITCH_WAIT_MS = 60_000;
const REMOVAL_WAIT_MS = 6 * 3_600_000;
const NO_LOCK: Disposable = { [Symbol.dispose]: () => undefined };

/**
 * Keeps everybody else from putting releases of a dataset into the store, or taking them out; other datasets are free. Of a server
 * the lock holds for those who share `workFolder`. Errors: `conflict` naming who has it.
 */
export function lockDataset(
  store: VectorStore,
  dataset: string,
  doing: string,
  workFolder?: string,
): Disposable {
  const folder = store.locks ?? (workFolder === undefined ? undefined : join(workFolder, "locks"));
  if (folder === undefined) return NO_LOCK;
  return held(tryLock(folder, `dataset.${dataset}`, doing), dataset, store);
}

/** Keeps everybody else from switching between the releases of a dataset: an ingest that runs for hours takes it at its end. */
export async function lockSwitch(store: VectorStore, dataset: string, doing: string): Promise<Disposable> {
  if (store.locks === undefined) return NO_LOCK;
  return held(await waitForLock(store.locks, `switch.${dataset}`, doing, SWITCH_WAIT_MS), dataset, store);
}

/** Keeps what releases of a dataset consist of while somebody copies it; others may read it, and make others active. */
export async function keepReleases(store: VectorStore, dataset: string, doing: string): Promise<Disposable> {
  if (store.locks === undefined) return NO_LOCK;
  return held(await waitForLock(store.locks, `kept.${dataset}`, doing, SWITCH_WAIT_MS), dataset, store);
}

/** Before files of a dataset's releases go: waits as long as a copy of them may take. Errors: `conflict`. */
export async function lockForRemoval(store: VectorStore, dataset: string): Promise<Disposable> {
  if (store.locks === undefined) return NO_LOCK;
  return held(
    await waitForLock(store.locks, `kept.${dataset}`, "a removal", REMOVAL_WAIT_MS),
    dataset,
    store,
  );
}

function held(lock: HeldLock | LockHeld, dataset: string, store: VectorStore): HeldLock {
  if (!(lock instanceof LockHeld)) return lock;
  throw new TermduetError(
    "conflict",
    `${dataset} in ${store.url} is held by ${lock.holder}; wait for it, or stop it`,
  );
}
