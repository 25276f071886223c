import { describe, expect, test, vi } from "vitest";
import { syncFolder } from "../../src/machine/sync-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

function fails(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

describe("syncing a folder", () => {
  test("is done where there is such a thing", () => {
    using folder = temporaryFolder();
    const sync = vi.fn();
    syncFolder(folder.path, { sync });
    expect(sync).toHaveBeenCalledOnce();
    syncFolder(folder.path);
  });

  test("is left out where Windows refuses it, and the folder is closed again", () => {
    const close = vi.fn();
    syncFolder("x", { open: () => 7, sync: fails("EPERM"), close });
    expect(close).toHaveBeenCalledExactlyOnceWith(7);
    syncFolder("x", { open: fails("EISDIR"), close });
    expect(close).toHaveBeenCalledOnce();
  });

  test("fails where the disk does", () => {
    expect(() => syncFolder("x", { open: () => 7, sync: fails("EIO"), close: () => undefined })).toThrow(
      "EIO",
    );
  });
});
