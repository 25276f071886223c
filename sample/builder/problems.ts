import type { Place } from "./model.ts";

const problems: string[] = [];
export function fail(at: Place, message: string): void {
  problems.push(`${at.file}:${String(at.line)}: ${message}`);
}
export function stopIfProblems(): void {
  if (problems.length === 0) return;
  for (const problem of problems) console.error(problem);
  console.error(`sample: ${String(problems.length)} problem(s); nothing written`);
  process.exit(1);
}
