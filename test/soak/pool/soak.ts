import { type AllBad, allBad } from './all-bad.js';
import type { CommandLine } from './command-line.js';
import { FAULTS } from './faults.js';
import { findLeaks, type LeakResult } from './leaks/find-leaks.js';
import { type OneBad, oneBad } from './one-bad.js';
import { Stage } from './stage.js';

export interface SoakResult {
  seed: number;
  seconds: number;
  clients: number;
  /** First and last of these without a fault, to compare with. */
  oneBad: OneBad[];
  allBad: AllBad[];
  leaks?: LeakResult;
  /** What went wrong, with where it did. */
  problems: string[];
}

/** All three for a shorter time: there is less to see. */
const SHARE_OF_ALL = 6;
const LEAST_SECONDS_OF_ALL = 5;

type Options = Pick<CommandLine, 'parts' | 'faults' | 'seconds' | 'clients' | 'requests' | 'seed'>;

/**
 * Runs the parts one after the other; the gateway of the first two is one process from beginning to end.
 * @param entry path of the built `main.js`
 * @param tell told of what was done last
 */
export async function soak(entry: string, options: Options, tell: (text: string) => void): Promise<SoakResult> {
  const { parts, seconds, clients, seed } = options;
  const result: SoakResult = { seed, seconds, clients, oneBad: [], allBad: [], problems: [] };
  const faults = FAULTS.filter(({ name }) => options.faults.includes(name));
  const note = (what: string, problems: readonly string[], more: string) => {
    tell(`${what}: ${more}${problems.length === 0 ? '' : ` WRONG: ${problems.join(' | ')}`}`);
    result.problems.push(...problems.map((problem) => `${what}: ${problem}`));
  };
  if (parts.includes('one-bad') || parts.includes('all-bad')) {
    const stage = await Stage.open(entry, seed);
    try {
      await stage.warmUp();
      if (parts.includes('one-bad')) {
        for (const fault of [undefined, ...faults, undefined]) {
          const run = await oneBad(stage, fault, { clients, seconds, seed: seed + result.oneBad.length });
          result.oneBad.push(run);
          note(`one account, ${fault?.name ?? 'no fault'}`, run.problems, summaryOf(run));
        }
      }
      if (parts.includes('all-bad')) {
        const shorter = Math.max(LEAST_SECONDS_OF_ALL, Math.round(seconds / SHARE_OF_ALL));
        for (const fault of faults.filter(({ isMild }) => !isMild)) {
          const run = await allBad(stage, fault, { clients, seconds: shorter, seed: seed - 1 - result.allBad.length });
          result.allBad.push(run);
          note(`all accounts, ${fault.name}`, run.problems, `recovered after ${run.recoveredSeconds} s`);
        }
      }
    } finally {
      await stage.close();
    }
  }
  if (parts.includes('leaks')) {
    result.leaks = await findLeaks({ requests: options.requests, seed, tell });
    note('leaks', result.leaks.problems, `${result.leaks.requests} requests`);
  }
  return result;
}

function summaryOf({ requests, ends, whole, failedOver, callsOfBad }: OneBad): string {
  return `${requests} requests, ${ends.done} done, ${ends.cut} cut, ${ends.refused} refused, ${ends.broken} broken; p50 ${whole.p50} ms, p99 ${whole.p99} ms; ${failedOver} failed over, ${callsOfBad} calls of the first account`;
}
