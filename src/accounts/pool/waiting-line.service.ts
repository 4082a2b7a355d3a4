import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import type { LeaseRequest } from './lease-request.js';

/** Requests that wait for an account to have room for them. */
@Injectable()
export class WaitingLine {
  /** Whether somebody waits for that model, so that who comes now has to wait behind. */
  isWaitedFor(_model: string): boolean {
    return false;
  }

  /** @throws GatewayError `rate_limit` when the line is full */
  enter(_request: LeaseRequest): WaitingPlace {
    return new WaitingPlace();
  }

  /** Room may have come up: an account was given back, or changed. */
  wake(): void {}
}

/** A place in the line, from the first wait to the lease. */
export class WaitingPlace implements Disposable {
  /**
   * Resolves when it is this one's turn to look for an account: nobody else of the line looks until it waits again or
   * leaves.
   * @param freeAt when there may be room, epoch milliseconds; infinity: when a request ends
   * @throws GatewayError `rate_limit` with a `retry-after` when there is no room before the deadline; the signal's reason when it is aborted
   */
  async turn(_freeAt: number): Promise<void> {
    throw new GatewayError('rate_limit', 'Every account is busy', { retryAfter: 1 });
  }

  /** Harmless when done twice. */
  [Symbol.dispose](): void {}
}
