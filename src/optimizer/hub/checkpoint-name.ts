/** A checkpoint on the Hugging Face hub: `OWNER/NAME`, or `OWNER/NAME@REVISION` (branch, tag or commit). */
export interface CheckpointName {
  /** `OWNER/NAME`. */
  repository: string;
  revision: string;
}

const PATTERN = /^([A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95})(?:@([\w./-]{1,200}))?$/;

/** Undefined for what can't be one: a path of another form. */
export function parseCheckpointName(text: string): CheckpointName | undefined {
  const match = PATTERN.exec(text);
  if (!match || /\.\.|\/\/|\/$/.test(match[2] ?? "")) return undefined;
  return { repository: match[1]!, revision: match[2] ?? "main" };
}
