import { of } from 'rxjs';
import { RetryPauses } from '../../src/proxy/retry-pauses.js';
import type { RunningGateway } from './start-gateway.js';

/**
 * From now on an account is asked once more without a pause.
 * @returns the pauses there would have been, in milliseconds; the list grows
 */
export function withoutPauses({ app }: RunningGateway): number[] {
  const pauses: number[] = [];
  app.get(RetryPauses).wait = (milliseconds) => {
    pauses.push(milliseconds);
    return of(undefined);
  };
  return pauses;
}
