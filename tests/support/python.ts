import { execFileSync } from "node:child_process";

/** Python for checks with other tools than ours: `TERMDUET_TEST_PYTHON`, else `python3`. */
export const PYTHON: string = process.env["TERMDUET_TEST_PYTHON"] ?? "python3";

/** Whether it has a module. */
export function hasPython(module: string): boolean {
  try {
    execFileSync(PYTHON, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** For the name of a test that is skipped without the module: why, and what to do. */
export function why(module: string): string {
  return hasPython(module)
    ? ""
    : ` (skipped: no ${module} in ${PYTHON}; TERMDUET_TEST_PYTHON names another Python)`;
}

/** Runs sssom-py's command line: its output, or it throws. */
export function sssom(...args: string[]): string {
  const script = "import sys; from sssom.cli import main; main()";
  return execFileSync(PYTHON, ["-c", script, ...args], { encoding: "utf8", stdio: "pipe" });
}
