const GAP = '  ';
/** Columns are cut no shorter than this. */
const SHORTEST = 6;

/**
 * Rows with their columns one under the other; the first row is the heading.
 * @param columns of the terminal: what does not fit is cut, the widest column first. Absent: nothing is cut
 */
export function formatTable(rows: readonly (readonly string[])[], columns?: number): string {
  const cells = rows.map((row) => row.map(printable));
  const natural = cells[0]?.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? '')))) ?? [];
  const widths = columns === undefined ? natural : fitting(natural, columns);
  const lines = cells.map((row) =>
    row
      .map((cell, column) => pad(cut(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** A name from outside must not move a terminal's cursor. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

function fitting(natural: readonly number[], columns: number): number[] {
  const widths = [...natural];
  const room = columns - GAP.length * (widths.length - 1);
  for (let total = widths.reduce((sum, width) => sum + width, 0); total > room; total--) {
    const widest = widths.lastIndexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= SHORTEST) break;
    widths[widest] = width - 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

const NO_WIDTH = /^(?:\p{Mn}|\u200d|\ufe0f)$/u;
const TWO_WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60])$/u;

/** Columns of a terminal: East Asian characters and most emoji take two, marks upon another none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!NO_WIDTH.test(character)) width += TWO_WIDE.test(character) ? 2 : 1;
  }
  return width;
}
