/** A fenced block of a document, and what a comment before it says of how it is run. */
export interface Block {
  language: string;
  text: string;
  /** Indexes of the lines of the opening fence and of the closing one. */
  line: number;
  end: number;
  /** Of `<!-- not run here: WHY -->` on the line before. */
  notRun?: string;
}

const MARK = /^<!-- not run here: (.+) -->$/;

export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\S*)$/.exec(lines[i]!);
    if (!fence) continue;
    const end = lines.indexOf("```", i + 1);
    const notRun = MARK.exec(lines[i - 1] ?? "")?.[1];
    const text = lines.slice(i + 1, end).join("\n");
    blocks.push({ language: fence[1]!, text, line: i, end, ...(notRun ? { notRun } : {}) });
    i = end;
  }
  return blocks;
}

/** The blocks of commands, each with the block of output that follows it, if one does. */
export function commandBlocks(markdown: string): { commands: Block; output?: Block }[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((commands, i) => {
    if (commands.language !== "sh") return [];
    const next = blocks[i + 1];
    return [{ commands, ...(next?.language === "text" ? { output: next } : {}) }];
  });
}

/** A document with other text in its blocks of output. */
export function withOutputs(markdown: string, outputs: ReadonlyMap<number, string>): string {
  const lines = markdown.split("\n");
  const blocks = blocksOf(markdown).filter(({ line }) => outputs.has(line));
  for (const { line, end } of blocks.reverse()) lines.splice(line + 1, end - line - 1, outputs.get(line)!);
  return lines.join("\n");
}

/** Text without what differs from run to run: times, dates, the port and the digits of a cosine that machines differ in. */
export function withoutTimes(text: string): string {
  return text
    .replace(/\d+(\.\d+)? ms/g, "N ms")
    .replace(/"tookMs":[\d.]+/g, '"tookMs":N')
    .replace(/in (\d+ h )?(\d+ min )?\d+ s/g, "in N s")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:N")
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d/g, "DATE")
    .trim();
}
