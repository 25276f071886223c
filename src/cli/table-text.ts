/** Rows as aligned columns for a terminal; the first row is the header. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** `0.812–0.874` */
export function intervalText({ low, high }: { low: number; high: number }): string {
  return `${low.toFixed(3)}–${high.toFixed(3)}`;
}
