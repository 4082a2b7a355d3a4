import { isShownUsable } from '../shown-status.js';
import type { AccountDto } from './dto/account.dto.js';

/** Whether the pool may choose an account that is shown so: one that is half open gets one request. */
export function isAvailable({ status, breaker }: AccountDto): boolean {
  return isShownUsable(status) && breaker.state !== 'open';
}
