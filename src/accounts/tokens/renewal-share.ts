import { hash } from 'node:crypto';

const WHOLE = 2 ** 32;

/**
 * Where in the time ahead the turn of a token is: from 0 up to, and without, 1. The same for the same token as long as
 * the process runs, so that nobody has to keep it.
 * @param seed of the process: replicas that share their accounts do not ask at the same moment
 */
export function renewalShare(seed: number, accountId: string, expiresAt: number): number {
  const digest = hash('sha256', `${seed} ${expiresAt} ${accountId}`, 'hex');
  return Number.parseInt(digest.slice(0, 8), 16) / WHOLE;
}
