import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { last, lastValueFrom, take, throwError, timeout } from 'rxjs';
import { GatewayError, toGatewayError } from '../../core/errors.js';
import { Flow } from '../../core/messages/flow.js';
import { cheapestModel } from '../../core/models/cheapest-model.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { type NextStep, nextStep } from '../../core/pool/next-step.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import type { Account, Provider } from '../account.js';
import { ModelList } from '../models/model-list.service.js';
import { AccountSessions } from '../pool/account-sessions.service.js';
import { Breakers } from '../pool/breakers.service.js';
import type { Session } from '../pool/session.js';

/** What came of a real request. */
export interface ProbeOutcome {
  model: string;
  latencyMs: number;
  /** Absent: it was answered. */
  error?: GatewayError;
  /** What the request went through, for whoever applies the failure. */
  session: Session;
}

const QUESTION = 'Answer with the word OK and nothing else.';
const MAX_TOKENS = 16;
/** An answer that goes on after these is good enough. */
const MOST_EVENTS = 100;
const LONGEST_MS = 60_000;
/** Probes do not come together. */
const NO_JITTER = 0.5;

/** Asked where an account's list is not known: the models most widely available (amazon-q.md §7.2). */
const USUAL_MODELS: Record<Provider, UpstreamModel> = {
  amazonq: { id: 'claude-sonnet-4.5' },
  anthropic: { id: 'claude-haiku-4-5' },
};

/**
 * Sends one real, minimal request through an account, whatever its status. Its breaker hears of it as of a client's; what
 * else follows from it is for others.
 */
@Injectable()
export class Prober {
  constructor(
    private readonly models: ModelList,
    private readonly sessions: AccountSessions,
    private readonly breakers: Breakers,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /** Never rejects. */
  async probe(account: Account): Promise<ProbeOutcome> {
    const listed = await this.models.get(account.id);
    const model = (listed !== 'unknown' && cheapestModel(listed)) || USUAL_MODELS[account.provider];
    const session = this.sessions.open(account);
    const startedAt = this.clock.now();
    const error = await this.askPatiently(session, model);
    this.breakers.ended(account.id, error ? { status: 'error', error } : { status: 'success' }, startedAt);
    this.metrics.probeEnded(error ? (error.failure?.class ?? 'unknown') : 'success');
    return { model: model.id, latencyMs: this.clock.now() - startedAt, error, session };
  }

  /** As live traffic does: a refused token is renewed once, a missing profile looked up once, a fault has a second try. */
  private async askPatiently(session: Session, model: UpstreamModel): Promise<GatewayError | undefined> {
    const tried = { accounts: 1, maxAccounts: 1, renewedToken: false, soughtProfile: false, repeats: 0 };
    for (;;) {
      const error = await this.ask(session, model);
      if (!error) return undefined;
      const next = nextStep(error.failure, { ...tried, changes: new Set(), timeLeftMs: LONGEST_MS }, NO_JITTER);
      try {
        if (!(await this.prepare(next, session, tried))) return error;
      } catch (thrown) {
        return toGatewayError(thrown);
      }
    }
  }

  /** @returns whether it is worth asking again */
  private async prepare(next: NextStep, session: Session, tried: MutableTried): Promise<boolean> {
    switch (next.step) {
      case 'renew-token':
        tried.renewedToken = true;
        await session.renewToken();
        return true;
      case 'find-profile':
        tried.soughtProfile = true;
        return session.findProfile();
      case 'same-account':
        tried.repeats++;
        await delay(next.delayMs);
        return true;
      default:
        return false;
    }
  }

  private async ask(session: Session, model: UpstreamModel): Promise<GatewayError | undefined> {
    const answer = session.converse({
      request: { model: model.id, max_tokens: MAX_TOKENS, messages: [{ role: 'user', content: QUESTION }] },
      model,
      conversationId: randomUUID(),
      messageId: `msg_${randomUUID().replaceAll('-', '')}`,
      flow: new Flow(),
      estimatedInputTokens: 1,
      tokenScale: 1,
      changes: new Set(),
    });
    try {
      await lastValueFrom(answer.pipe(take(MOST_EVENTS), last(), timeout({ first: LONGEST_MS, with: tooSlow })));
      return undefined;
    } catch (thrown) {
      return toGatewayError(thrown);
    }
  }
}

type MutableTried = Record<'renewedToken' | 'soughtProfile', boolean> & { repeats: number };

function tooSlow() {
  const failure = { class: 'transient', retry: 'other-account' } as const;
  return throwError(() => new GatewayError('timeout', 'The service did not answer in time.', { failure }));
}
