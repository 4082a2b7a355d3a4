import { printable } from '../format-table.js';
import type { CommandOutput } from '../surroundings.js';
import type { Finding } from './finding.js';

const INDENT = ' '.repeat(4);

/** One check, for people. */
export function formatFinding({ check, state, says, advice }: Finding, { paint }: CommandOutput): string {
  const sign = { right: paint('green', '✓'), wrong: paint('red', '✗'), open: paint('dim', '–') }[state];
  const [first = '', ...more] = says.split('\n').map((line) => printable(line));
  const lines = [`${sign} ${check}: ${first}`, ...more.map((line) => INDENT + line)];
  if (advice) lines.push(`${INDENT}→ ${printable(advice)}`);
  return `${lines.join('\n')}\n`;
}
