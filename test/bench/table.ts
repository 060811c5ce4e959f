/** Prints rows under their headings, columns aligned, numbers to the right. */
export function printTable(title: string, headings: readonly string[], rows: readonly (string | number)[][]): void {
  const all = [headings, ...rows.map((row) => row.map(String))];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  console.log([`\n${title}`, ...all.map(line), ""].join("\n"));
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
