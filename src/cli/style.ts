import { styleText } from "node:util";

/** Text in a colour where stdout is a terminal that shows colours; NO_COLOR and FORCE_COLOR are heeded. */
export function coloured(
  format: "bold" | "dim" | "cyan" | "green" | "yellow",
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(format, text, { stream, validateStream: true });
}

/** A line that fits the terminal; whole where there is none, so that nothing is lost in a pipe or file. */
export function fitted(line: string, columns: number | undefined = process.stdout.columns): string {
  if (!columns || line.length <= columns) return line;
  return `${line.slice(0, Math.max(1, columns - 1))}…`;
}

/** The last line of a command for people: what they are likely to do next. */
export function nextLine(...commands: readonly string[]): string {
  return `next: ${commands.map((command) => coloured("cyan", command)).join("  ·  ")}\n`;
}
