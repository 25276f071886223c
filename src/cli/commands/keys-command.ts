import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { hashOf, SCOPES, type Scope } from "../../../search-api/guards/api-keys.ts";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { list } from "../settings.ts";

/** `termduet keys create NAME`: a new random key, and the line by which a server knows it. */
export function keysCommand(): Command {
  const create = new Command("create")
    .description("print a new key, and the line for the file that serve --api-keys reads")
    .argument("<name>", "whose key it is; logs and limits know it by this name")
    .option("--scope <list>", `what it is good for: ${SCOPES.join(", ")}`, list)
    .action(run);
  return new Command("keys").addCommand(create);
}

function run(name: string, { scope = ["search"] }: { scope?: string[] }): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(name))
    throw new TermduetError("usage", `${name} is no name: use letters, digits, dots and hyphens, at most 60`);
  const unknown = scope.find((one) => !SCOPES.includes(one as Scope));
  if (unknown !== undefined)
    throw new TermduetError("usage", `--scope ${unknown} is not of ${SCOPES.join(", ")}`);
  if (scope.includes("review") && !scope.includes("search"))
    throw new TermduetError("usage", "--scope review needs search too: --scope search,review");
  const key = `td_${randomBytes(32).toString("base64url")}`;
  process.stdout.write(
    `key:  ${key}\nline: ${name} ${scope.join(",")} sha256:${hashOf(key).toString("hex")}\n`,
  );
}
