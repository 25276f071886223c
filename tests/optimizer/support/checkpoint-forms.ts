import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES } from "../../support/tiny-encoders.ts";

/** Checkpoints in the forms in which they are published; written by tests/fixtures/make_checkpoint_forms.py. */
export const FORMS: string = join(FIXTURES, "forms");

/** A folder with tiny-bert's configuration and tokenizer, and the given files of `forms` under the given names. */
export function checkpointOf(folder: string, files: Record<string, string>): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"])
    cpSync(join(FIXTURES, "tiny-bert", name), join(folder, name));
  for (const [form, name] of Object.entries(files)) cpSync(join(FORMS, form), join(folder, name));
  return folder;
}
