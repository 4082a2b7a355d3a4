export interface Column {
  title: string;
  align: 'left' | 'right';
}

/** Rows of text with aligned columns, for a terminal; an empty row becomes a line between groups. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, index) => Math.max(...[titles, ...rows].map((row) => row[index]?.length ?? 0)));
  const line = widths.map((width) => '─'.repeat(width)).join('──');
  const format = (row: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [format(titles), line, ...rows.map((row) => (row.length === 0 ? line : format(row)))].join('\n');
}
