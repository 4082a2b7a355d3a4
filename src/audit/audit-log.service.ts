import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../core/errors.js';
import { Clock } from '../platform/clock.js';
import { currentRequestId, type RequestContext, requestContext } from '../platform/logging/request-context.js';
import { AuditChain, type NewEntry } from './audit-chain.service.js';
import type { AuditEvent } from './audit-event.js';
import { formatDetails, plainText } from './audit-text.js';

/** Ids may come from a client. */
const LONGEST_TEXT = 200;

/** Who did what to which account, key or setting, and from where (contract §4): one row and one log line for each event. */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('Audit');
  /** Requests of which a refusal is recorded. */
  private readonly refused = new WeakSet<RequestContext>();

  constructor(
    private readonly chain: AuditChain,
    private readonly clock: Clock,
  ) {}

  /**
   * Of something that happened. When it can't be stored now it is logged with all it says, and stored as soon as that is
   * possible: whoever calls need not, and must not, try again.
   * @throws GatewayError `internal` when it can't be stored now
   */
  async record(event: AuditEvent): Promise<void> {
    await this.recordAll([event]);
  }

  /** The same for some hundreds of events, in one statement. */
  async recordAll(events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    const context = requestContext.getStore();
    if (context && events.some(({ outcome = 'success' }) => outcome !== 'success')) this.refused.add(context);
    const entries = events.map((event) => this.entryOf(event));
    try {
      await this.chain.append(entries, { isKept: true });
    } catch (error) {
      for (const { id, at, ...said } of entries)
        this.logger.error({ msg: 'An event is not in the audit log', event: id, ...said });
      throw new GatewayError(
        'internal',
        'The audit log can’t be written. What was asked may have been done: look before you ask again.',
        { cause: error },
      );
    }
  }

  /**
   * Of something that is to happen once this is stored, and only then; or that the caller keeps until it is.
   * @throws when it can't be stored; nothing is kept of it
   */
  async recordFirst(...events: readonly AuditEvent[]): Promise<void> {
    const entries = events.map((event) => this.entryOf(event));
    await this.chain.append(entries, { isKept: false });
  }

  /**
   * Before something is changed: as long as events wait to be stored, nothing is.
   * @throws GatewayError `unavailable`
   */
  async ready(): Promise<void> {
    try {
      await this.chain.catchUp();
    } catch (error) {
      throw new GatewayError('unavailable', 'The audit log can’t be written now. Nothing was changed.', {
        cause: error,
      });
    }
  }

  /** Whether it is recorded that the request being served was refused or failed. */
  hasRefusal(): boolean {
    const context = requestContext.getStore();
    return context !== undefined && this.refused.has(context);
  }

  private entryOf({ actor, action, target, outcome = 'success', details }: AuditEvent): NewEntry {
    return {
      id: randomUUID(),
      at: new Date(this.clock.now()),
      actor: plainText(actor.name, LONGEST_TEXT),
      keyId: textOrNull(actor.keyId),
      address: textOrNull(actor.address),
      action: plainText(action, LONGEST_TEXT),
      target: textOrNull(target),
      outcome,
      details: formatDetails(details),
      requestId: currentRequestId() ?? null,
    };
  }
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined ? null : plainText(text, LONGEST_TEXT);
}
