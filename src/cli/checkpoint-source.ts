import { existsSync } from "node:fs";
import { setGlobalProxyFromEnv } from "node:http";
import { basename, resolve } from "node:path";
import { parseCheckpointName } from "../optimizer/hub/checkpoint-name.ts";
import { fetchCheckpoint } from "../optimizer/hub/fetch-checkpoint.ts";
import { hubSettings } from "../optimizer/hub/hub-settings.ts";
import type { OnProgress } from "../terminology/progress.ts";
import { TermduetError } from "../terminology/termduet-error.ts";

/** A checkpoint that a command was given, on this machine. */
export interface CheckpointSource {
  folder: string;
  /** What `encoder.json` says it was made from. */
  base: string;
  /** A name for what comes of it. */
  id: string;
}

/**
 * A folder, or `OWNER/NAME[@REVISION]`, which is fetched from the hub (through `HTTPS_PROXY` where it is set).
 * Errors: those of the hub; `not-found` for what is neither.
 */
export async function checkpointSource(given: string, onProgress: OnProgress): Promise<CheckpointSource> {
  if (existsSync(given)) {
    const name = basename(resolve(given));
    return { folder: resolve(given), base: name, id: name };
  }
  const name = parseCheckpointName(given);
  if (!name) {
    const message = `there is no folder ${given}, and it is no name of the hub, which is OWNER/NAME or OWNER/NAME@REVISION`;
    throw new TermduetError("not-found", message);
  }
  const restore = setGlobalProxyFromEnv();
  try {
    const { folder, commit } = await fetchCheckpoint(name, { settings: hubSettings(), onProgress });
    return { folder, base: `${name.repository}@${commit}`, id: name.repository.split("/")[1]! };
  } finally {
    restore();
  }
}
