import { expect, test } from "vitest";
import { firstError, systemError } from "../../src/terminology/system-errors.ts";

function failed(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: words of the system`), { code, ...(path ? { path } : {}) });
}

test.each([
  ["ENOSPC", "no-space", /^\/s\/f: the disk is full while writing x; make room, then go on with --resume$/],
  ["EDQUOT", "no-space", /quota.*make room/],
  ["EIO", "unavailable", /input\/output error.*doctor --deep/],
  ["EMFILE", "unavailable", /too many open files.*ulimit -n/],
  ["EROFS", "unavailable", /read-only.*make it writable/],
  ["EACCES", "unavailable", /permission denied.*give this user the right/],
])("%s is told as what, where, and what to do, with its cause", (errno, code, message) => {
  const cause = failed(errno, "/s/f");
  const told = systemError(new Error("outer", { cause }), { at: "/elsewhere", doing: "writing x" });
  expect(told).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(told!.message).not.toContain("\n");
  expect((told!.cause as Error).cause).toBe(cause);
});

test.each([
  [13, "no-space", "/s/d: the disk is full"],
  [26, "bad-input", "/s/d: it is damaged"],
  [11, "bad-input", "/s/d: it is damaged"],
  [8, "unavailable", "/s/d: the file system is read-only"],
  [266, "unavailable", "/s/d: the disk failed"],
])("SQLite's code %i is told in the same words", (errcode, code, beginning) => {
  const cause = Object.assign(new Error("x"), { code: "ERR_SQLITE_ERROR", errcode });
  expect(systemError(cause, { at: "/s/d" })).toMatchObject({
    code,
    message: expect.stringContaining(beginning),
  });
});

test("other errors are left alone, and of two errors the first is told", () => {
  expect(systemError(new Error("a bug"))).toBeUndefined();
  const [first, second] = [failed("ENOSPC"), failed("EBADF")];
  expect(firstError(new SuppressedError(second, first))).toBe(first);
});
