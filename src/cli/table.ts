/** Columns of text. */

export interface TableOptions {
  /** Which columns (from 0) are aligned to the right. */
  readonly right?: readonly number[];
  readonly indent?: string;
}

/** Rows as lines; every column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { right = [], indent = '  ' } = options;
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  }
  return rows.map((row) => {
    const cells = row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return right.includes(at) ? cell.padStart(width) : cell.padEnd(width);
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}
