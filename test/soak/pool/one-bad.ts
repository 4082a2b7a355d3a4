import { setTimeout as delay } from 'node:timers/promises';
import { Crowd } from './crowd.js';
import type { Fault } from './faults.js';
import type { Stage } from './stage.js';
import { type Tally, tally } from './tally.js';
import { unexpectedWithOne } from './unexpected.js';

export interface OneBad extends Tally {
  /** What is wrong with one account of three; undefined: nothing. */
  fault?: string;
  /** Requests that reached that account. */
  callsOfBad: number;
  /** What became of it. */
  status: string;
  breaker: string;
  problems: string[];
}

export interface Load {
  clients: number;
  seconds: number;
  seed: number;
}

/** So many clients for so long, while one account of three fails in one way; on return all three work. */
export async function oneBad(stage: Stage, fault: Fault | undefined, load: Load): Promise<OneBad> {
  const [bad] = stage.accounts;
  if (!bad) throw new Error('there is no account');
  if (fault) await stage.begin(fault, [bad]);
  const crowd = new Crowd((question) => stage.ask(question), load.clients, load.seed);
  await delay(load.seconds * 1000);
  await crowd.stop();
  const visits = crowd.take();
  const callsOfBad = stage.callsOf(bad);
  const view = (await stage.views()).find(({ id }) => id === bad.id);
  await stage.heal();
  const problems = unexpectedWithOne(fault ?? { name: 'none', allowed: 'nothing' }, visits);
  problems.push(...(await stage.afterwards(fault)));
  // However it failed before: a reset account has its share again.
  if (!fault && callsOfBad < visits.length / 6) problems.push(`${callsOfBad} of ${visits.length} at the first account`);
  if (visits.length === 0) problems.push('nobody was answered');
  const { status = 'gone', breaker } = view ?? {};
  return {
    ...tally(visits),
    ...(fault && { fault: fault.name }),
    ...{ callsOfBad, status, breaker: breaker?.state ?? 'none', problems },
  };
}
