import { existsSync, readFileSync } from "node:fs";
import { TermduetError } from "../../terminology/termduet-error.ts";
import { type OptimizerConfig, optimizerConfigSchema } from "./optimizer-config.ts";

/** Reads a configuration file. Errors: `not-found`, `bad-input` naming the key that is wrong. */
export function readOptimizerConfig(path: string): OptimizerConfig {
  if (!existsSync(path)) throw new TermduetError("not-found", `--config ${path}: there is no such file`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TermduetError("bad-input", `${path} is not JSON`, { cause });
  }
  const parsed = optimizerConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new TermduetError("bad-input", `${path}: ${issue.path.join(".") || "the file"}: ${issue.message}`);
}
