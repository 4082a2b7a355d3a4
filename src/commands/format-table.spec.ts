import { expect, it } from '@jest/globals';
import { formatTable, widthOf } from './format-table.js';

const ROWS = [
  ['id', 'label', 'reason'],
  ['1', 'Seat', 'The service says more than fits into a line of this terminal'],
];

it('puts columns one under the other, and cuts nothing where no terminal is', () => {
  expect(formatTable(ROWS)).toBe(
    'id  label  reason\n1   Seat   The service says more than fits into a line of this terminal\n',
  );
});

it('cuts the widest column to what the terminal has', () => {
  const lines = formatTable(ROWS, 30).trimEnd().split('\n');
  expect(lines[1]).toBe('1   Seat   The service says m…');
  expect(lines.map(widthOf)).toEqual([17, 30]);
});

it('goes over the edge of a terminal in which nothing would be left of a column', () => {
  expect(formatTable(ROWS, 3)).toContain('The s…');
});

it.each([
  ['plain', 5],
  ['座席', 4],
  ['e\u0301', 1],
  ['🚀', 2],
])('knows how wide %j is', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

it('lets no name move the cursor', () => {
  expect(formatTable([['label'], ['a\u001b[2Jb']])).toBe('label\na?[2Jb\n');
});
