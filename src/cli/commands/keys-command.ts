import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { hashOf, SCOPES, type Scope } from "../../../search-api/guards/api-keys.ts";
import { syncFolder } from "../../machine/sync-folder.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { list } from "../settings.ts";

/** `termduet keys create NAME`: a new random key, and the line by which a server knows it. */
export function keysCommand(): Command {
  const create = new Command("create")
    .description("print a new key, and the line for the file that serve --api-keys reads")
    .argument("<name>", "whose key it is; logs and limits know it by this name")
    .option("--file <file>", "add the line to this file, in the place of printing it")
    .option("--scope <list>", `what it is good for: ${SCOPES.join(", ")}`, list)
    .action(run);
  return new Command("keys").addCommand(create);
}

function run(name: string, { scope = ["search"], file }: { scope?: string[]; file?: string }): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(name))
    throw new TermduetError("usage", `${name} is no name: use letters, digits, dots and hyphens, at most 60`);
  const unknown = scope.find((one) => !SCOPES.includes(one as Scope));
  if (unknown !== undefined)
    throw new TermduetError("usage", `--scope ${unknown} is not of ${SCOPES.join(", ")}`);
  if (scope.includes("review") && !scope.includes("search"))
    throw new TermduetError("usage", "--scope review needs search too: --scope search,review");
  const key = `td_${randomBytes(32).toString("base64url")}`;
  const line = `${name} ${scope.join(",")} sha256:${hashOf(key).toString("hex")}`;
  if (file !== undefined) addLine(file, line);
  process.stdout.write(file === undefined ? `key:  ${key}\nline: ${line}\n` : `key:  ${key}\n`);
}

/** The line is on the disk when it returns: a key that was handed out must be known after a loss of power. */
function addLine(path: string, line: string): void {
  const isCut = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, "utf8"));
  const file = openSync(path, "a", 0o600);
  try {
    const bytes = Buffer.from(`${isCut ? "\n" : ""}${line}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(resolve(path)));
}
