import { invalidInput } from '../input/input-validation.pipe.js';

/** @throws GatewayError when it is a time, and not in the future */
export function refusePastExpiry(expiresAt: Date | null | undefined, now: number): void {
  // A time that is none is not in the future either.
  if (expiresAt && !(expiresAt.getTime() > now)) {
    throw invalidInput([{ path: 'expiresAt', message: 'expiresAt must be a time in the future' }]);
  }
}
