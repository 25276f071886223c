import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { userFolder } from "../../src/machine/user-folder.ts";

test("a user's things are in the home folder", () => {
  expect(userFolder(() => "/home/ada")).toBe(join("/home/ada", ".termduet"));
});

test("without a home, or with one of no name, they are in the working directory", () => {
  const none = (): string => {
    throw Object.assign(new Error("A system error occurred: uv_os_homedir"), { code: "ERR_SYSTEM_ERROR" });
  };
  expect(userFolder(none)).toBe(resolve(".termduet"));
  expect(userFolder(() => "")).toBe(resolve(".termduet"));
});
