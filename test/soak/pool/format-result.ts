import { type Column, formatTable } from '../../../bench/report/format-table.js';
import type { AllBad } from './all-bad.js';
import type { OneBad } from './one-bad.js';
import type { SoakResult } from './soak.js';

/** The result for people. */
export function formatResult({ seed, seconds, clients, oneBad, allBad, leaks, problems }: SoakResult): string {
  const parts = [`Seed ${seed}.`];
  if (oneBad.length > 0) parts.push(`One of three accounts fails, ${clients} clients, ${seconds} s each way`);
  if (oneBad.length > 0) parts.push(formatOneBad(oneBad));
  if (allBad.length > 0) parts.push('All three accounts fail, then none', formatAllBad(allBad));
  if (leaks) {
    const rows = [...Object.entries(leaks.ends), [], ...Object.entries(leaks.left)].map((row) => row.map(String));
    parts.push(`${leaks.requests} requests that end in every way`, formatTable(columns('what', 'how many'), rows));
  }
  parts.push(problems.length === 0 ? 'Nothing went wrong.' : `WRONG:\n${problems.join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

function formatOneBad(runs: readonly OneBad[]): string {
  const titles = ['requests', 'done', 'cut', 'refused', 'broken', 'p50 ms', 'p99 ms', 'head p50', 'head p99'];
  const rows = runs.map(({ fault = '(none)', requests, ends, first, whole, ...run }) => {
    const counts = [requests, ends.done, ends.cut, ends.refused, ends.broken];
    const times = [whole.p50, whole.p99, first.p50, first.p99, run.longestMs, run.failedOver, run.callsOfBad];
    return [fault, ...[...counts, ...times].map(String), `${run.status}, ${run.breaker}`];
  });
  return formatTable(columns('fault', ...titles, 'longest', 'over', 'calls', 'account after'), rows);
}

function formatAllBad(runs: readonly AllBad[]): string {
  const rows = runs.map(({ fault, requests, ends, statuses, longestMs, ...run }) => {
    const said = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
    const counts = [requests, ends.done, ends.cut, ends.broken, longestMs].map(String);
    const seconds = [run.firstAnswerSeconds, run.recoveredSeconds].map((value) => value?.toFixed(1) ?? 'never');
    return [fault, ...counts, ...seconds, `${said.join(', ')}${run.wasReset ? '; reset by hand' : ''}`];
  });
  const titles = ['requests', 'done', 'cut', 'broken', 'longest ms', 'first answer s', 'all well s', 'refused'];
  return formatTable(columns('fault', ...titles), rows);
}

/** The first and the last to the left. */
function columns(...titles: string[]): Column[] {
  return titles.map((title, index) => ({
    title,
    align: index === 0 || (index === titles.length - 1 && titles.length > 2) ? 'left' : 'right',
  }));
}
