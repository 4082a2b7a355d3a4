import type { Visit } from './crowd.js';
import type { Fault } from './faults.js';

/** What clients may be told when every account fails, or one in the middle of an answer that is no stream. */
const CLEAN: ReadonlySet<number | undefined> = new Set([403, 404, 429, 502, 503, 504, 529]);
const MOST_EXAMPLES = 3;

/** Requests that did not end as they may while one account of three fails so. */
export function unexpectedWithOne(fault: Fault, visits: readonly Visit[]): string[] {
  return examples(visits, ({ end, status, isStream }) => {
    if (end === 'done') return true;
    if (fault.allowed === 'refusals') return end === 'refused' && fault.statuses?.includes(status ?? 0) === true;
    return fault.allowed === 'cuts' && (isStream ? end === 'cut' : end === 'refused' && CLEAN.has(status));
  });
}

/** The same while all three do: whatever it is, it has to be clean. */
export function unexpectedWithAll(fault: Fault, visits: readonly Visit[]): string[] {
  return examples(visits, ({ end, status, isStream }) => {
    if (end === 'done') return true;
    if (end === 'refused') return CLEAN.has(status) || fault.statuses?.includes(status ?? 0) === true;
    return end === 'cut' && isStream && fault.allowed === 'cuts';
  });
}

/** How many there are, and the first of them. */
function examples(visits: readonly Visit[], isExpected: (visit: Visit) => boolean): string[] {
  const wrong = visits.filter((visit) => !isExpected(visit));
  const shown = wrong.slice(0, MOST_EXAMPLES).map(({ end, status, said, wholeMs, attempts, isStream }) => {
    const what = `${end} ${status ?? 'without a status'}`;
    return `${isStream ? 'stream' : 'JSON'} ${what} after ${Math.round(wholeMs)} ms, ${attempts} accounts: ${said ?? ''}`;
  });
  return wrong.length === 0 ? [] : [`${wrong.length} of ${visits.length} requests, such as:`, ...shown];
}
