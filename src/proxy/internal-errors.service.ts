import { Injectable, Logger } from '@nestjs/common';
import type { GatewayError } from '../core/errors.js';
import { LineBudget } from '../platform/logging/line-budget.js';

/** Faults of ours, for the log: the client never reads what it was. */
@Injectable()
export class InternalErrors {
  private readonly logger = new Logger('Error');
  private readonly lines = new LineBudget();

  /** Does nothing with an error that is no fault of ours. */
  report(error: GatewayError): void {
    if (error.kind !== 'internal') return;
    const fault = error.cause ?? error;
    const line = this.lines.take(placeOf(fault));
    if (line) this.logger.error({ ...line, msg: 'Internal error', err: fault });
  }
}

/** Where it was thrown: one fault makes the same lines again and again, another one must not be lost among them. */
function placeOf(fault: unknown): string {
  return Error.isError(fault) ? `${fault.name} ${/^ {4}at .*/m.exec(fault.stack ?? '')?.[0] ?? ''}` : '';
}
