import { expect, it } from '@jest/globals';
import { formatTable } from './format-table.js';

it('aligns columns and draws a line between groups', () => {
  const table = formatTable(
    [
      { title: 'scenario', align: 'left' },
      { title: 'gateway', align: 'right' },
    ],
    [['short', '1,234'], [], ['stream-200', '7']],
  );

  expect(table.split('\n')).toEqual([
    'scenario    gateway',
    '───────────────────',
    'short         1,234',
    '───────────────────',
    'stream-200        7',
  ]);
});
