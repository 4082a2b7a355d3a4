import { setTimeout as delay } from 'node:timers/promises';
import { Crowd, type Visit } from './crowd.js';
import type { Fault } from './faults.js';
import type { Load } from './one-bad.js';
import { type Recovery, recoveryOf } from './recovery.js';
import type { Stage } from './stage.js';
import { type Tally, tally } from './tally.js';
import { unexpectedWithAll } from './unexpected.js';

export interface AllBad extends Tally, Recovery {
  fault: string;
  /** An operator had to reset the accounts. */
  wasReset: boolean;
  problems: string[];
}

const LONGEST_RECOVERY_S = 60;
const LOOK_MS = 200;

/**
 * All three accounts fail in one way, then none; on return all three work. Times to recover are those of clients who go
 * on asking.
 */
export async function allBad(stage: Stage, fault: Fault, load: Load): Promise<AllBad> {
  const crowd = new Crowd((question) => stage.ask(question), load.clients, load.seed);
  try {
    await stage.begin(fault, stage.accounts);
    await delay(load.seconds * 1000);
    const during = crowd.take();
    await stage.heal();
    const healedAt = performance.now();
    if (fault.needsReset) await stage.resetAll(fault);
    const after: Visit[] = [];
    let recovery: Recovery = {};
    while (recovery.recoveredSeconds === undefined && performance.now() - healedAt < LONGEST_RECOVERY_S * 1000) {
      await delay(LOOK_MS);
      after.push(...crowd.take());
      recovery = recoveryOf(after, healedAt);
    }
    const problems = unexpectedWithAll(fault, [...during, ...after]);
    if (recovery.recoveredSeconds === undefined) problems.push(`not back ${LONGEST_RECOVERY_S} s after the fault`);
    await crowd.stop();
    problems.push(...(await stage.afterwards(fault)));
    return { ...tally(during), ...recovery, fault: fault.name, wasReset: fault.needsReset === true, problems };
  } finally {
    await crowd.stop();
  }
}
