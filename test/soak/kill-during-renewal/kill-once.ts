import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.js';
import { storedRefreshToken } from './stored-account.js';

/** What the kill waits for before its random delay begins. */
export const MOMENTS = ['before', 'asked', 'used-up', 'answered'] as const;
export type Moment = (typeof MOMENTS)[number];

/** How far the renewal had come, by the simulator's record and by what is on the disk. */
export const FINDINGS = ['not-asked', 'asked', 'lost', 'stored'] as const;
export type Finding = (typeof FINDINGS)[number];

export interface Kill {
  moment: Moment;
  delayMs: number;
  finding: Finding;
  /** After the start that followed. */
  outcome: 'works' | 'needs_login' | 'neither';
  /** Present when this must not be. */
  problem?: string;
}

const REQUESTS = 8;
/** From a request to the renewal it leads to, and from the answer to its being stored. */
const AROUND_MS = 30;
const PATIENCE_MS = 10_000;

/**
 * One kill around a renewal, on a stage whose account works; on return it works again.
 * @param chance numbers from 0 up to 1
 */
export async function killOnce(stage: Stage, chance: () => number): Promise<Kill> {
  const { account } = stage;
  const moment = MOMENTS[Math.floor(chance() * MOMENTS.length)] ?? 'before';
  const delayMs = chance() * longestDelay(moment, stage);
  const before = { refreshToken: account.refreshToken, renewals: account.renewals };
  stage.clearRecords();

  account.expireTokens();
  const asked = Promise.all(Array.from({ length: REQUESTS }, () => stage.ask()));
  await reached(moment, stage, before.renewals);
  await delay(delayMs);
  await stage.kill();
  const statuses = await asked;

  const { refreshToken: good, renewals } = account;
  const onDisk = await storedRefreshToken(stage.databasePath, account.id);
  const isGood = onDisk === good;
  const finding =
    stage.renewals.length === 0 ? 'not-asked' : good === before.refreshToken ? 'asked' : isGood ? 'stored' : 'lost';
  const problems: string[] = [];
  if (!isGood && onDisk !== before.refreshToken) problems.push('a token nobody gave is stored');
  if (!isGood && statuses.includes(200)) problems.push('a token was used before it was stored');
  if (renewals > before.renewals + 1) problems.push('the token was renewed twice');

  await stage.start();
  const outcome = await stage.outcome();
  const expected = isGood ? 'works' : 'needs_login';
  if (outcome !== expected) problems.push(`${expected} was expected, and not ${outcome}`);
  if (outcome === 'works' && (await stage.status()) !== 'active') problems.push('it works and is not active');
  if (outcome !== 'works') {
    await stage.signInAnew();
    if ((await stage.outcome()) !== 'works') problems.push('a new sign-in does not help');
  }
  return { moment, delayMs, finding, outcome, ...(problems.length > 0 && { problem: problems.join('; ') }) };
}

function longestDelay(moment: Moment, { renewalMs }: Stage): number {
  switch (moment) {
    case 'before':
    case 'answered':
      return AROUND_MS;
    case 'asked':
      return renewalMs.before;
    case 'used-up':
      return renewalMs.after;
  }
}

/** Resolves once the renewal has come so far. */
async function reached(moment: Moment, stage: Stage, renewalsBefore: number): Promise<void> {
  const isReached = () => {
    switch (moment) {
      case 'before':
        return true;
      case 'asked':
        return stage.renewals.length > 0;
      case 'used-up':
        return stage.account.renewals > renewalsBefore;
      case 'answered':
        return stage.renewals.some(({ finished }) => finished);
    }
  };
  const end = Date.now() + PATIENCE_MS;
  while (!isReached()) {
    if (Date.now() > end) throw new Error(`The renewal did not come to '${moment}' within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
