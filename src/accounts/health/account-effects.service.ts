import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import { type AccountEffect, accountEffect } from '../../core/pool/account-effect.js';
import type { Failure } from '../../core/pool/failure.js';
import { Clock } from '../../platform/clock.js';
import { LineBudget } from '../../platform/logging/line-budget.js';
import { whileClosing } from '../../platform/while-closing.js';
import { ModelList } from '../models/model-list.service.js';
import type { Session } from '../pool/session.js';
import { Parking } from './parking.service.js';
import { SignsOfLife } from './signs-of-life.service.js';
import { StatusChanges } from './status-changes.service.js';
import { type ConfirmedRefusal, Verifier } from './verifier.service.js';

/** What of a session decides on the effect of a failure on it. */
type AskedThrough = Pick<Session, 'isRenewed' | 'soughtProfile' | 'renewToken'>;

/** Carries out what a request's end means for the account it went to, whoever sent it. */
@Injectable()
export class AccountEffects implements OnApplicationShutdown {
  private readonly logger = new Logger('Accounts');
  private readonly lines = new LineBudget();
  private readonly inDoubt = new Set<string>();
  private readonly doubtListeners: ((id: string, isInDoubt: boolean) => void)[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly models: ModelList,
    private readonly statuses: StatusChanges,
    private readonly parking: Parking,
    private readonly verifier: Verifier,
    private readonly signs: SignsOfLife,
    private readonly clock: Clock,
  ) {}

  /** Whether it is decided this moment if the account needs a new sign-in: nobody should be sent there meanwhile. */
  isInDoubt(id: string): boolean {
    return this.inDoubt.has(id);
  }

  /** Called when that begins and when it is over. */
  onDoubt(listener: (id: string, isInDoubt: boolean) => void): void {
    this.doubtListeners.push(listener);
  }

  /** A real request was answered. */
  succeeded(id: string): void {
    this.signs.note(id);
  }

  /** When one was last, as far as this process knows, epoch milliseconds; 0: never. */
  workedAt(id: string): number {
    return this.signs.lastHere(id) ?? 0;
  }

  /**
   * Applies a failure (`account-effect.ts`). What takes the account out does so before this returns for the first
   * time; storing it, and looking into what is not certain, takes longer. Never rejects.
   */
  apply(id: string, error: GatewayError, session: AskedThrough | undefined): Promise<void> {
    const { failure } = error;
    if (!failure?.account) return Promise.resolve();
    const work = this.applyFailure(id, failure, error, session).finally(() => this.running.delete(work));
    this.running.add(work);
    return work;
  }

  /** What is learnt is also stored: the process does not end in between. */
  async onApplicationShutdown(): Promise<void> {
    await whileClosing(Promise.all(this.running));
  }

  private async applyFailure(
    id: string,
    failure: Failure,
    error: GatewayError,
    session: AskedThrough | undefined,
  ): Promise<void> {
    const effect = this.effectOf(id, failure, session);
    const words = wordsOf(error);
    try {
      if (effect.effect === 'verify') await this.verify(id, failure, effect.status);
      else await this.carryOut(id, effect, { words, session });
    } catch (cause) {
      const line = this.lines.take();
      const msg = `What happened to account ${id} could not be stored`;
      if (line) this.logger.error({ ...line, msg, account: id, err: cause });
    }
  }

  private effectOf(id: string, failure: Failure, session: AskedThrough | undefined): AccountEffect {
    return accountEffect(failure, {
      now: this.clock.now(),
      quotaResetsAt: this.parking.resetsAt(id),
      isRenewed: session?.isRenewed ?? false,
      soughtProfile: session?.soughtProfile ?? false,
    });
  }

  private async carryOut(id: string, effect: AccountEffect, { words, session }: Refusal): Promise<void> {
    switch (effect.effect) {
      case 'none':
      case 'verify':
        return;
      case 'forget-models':
        this.models.forget(id);
        return;
      case 'renew-token':
        // The keeper says what becomes of an account whose token can't be renewed.
        await session?.renewToken().catch(() => undefined);
        return;
      case 'take-out':
        await this.statuses.apply(id, { status: effect.status, reason: words });
        return;
      case 'park':
        await this.parking.park(id, words, effect);
        return;
      case 'check-sign-in':
        await this.checkSignIn(id, words);
    }
  }

  private async checkSignIn(id: string, words: string): Promise<void> {
    if (this.inDoubt.has(id)) return;
    this.doubt(id, true);
    try {
      if (!(await this.verifier.correctProfile(id))) {
        await this.statuses.apply(id, { status: 'needs_login', reason: words });
      }
    } finally {
      this.doubt(id, false);
    }
  }

  private doubt(id: string, isInDoubt: boolean): void {
    if (isInDoubt) this.inDoubt.add(id);
    else this.inDoubt.delete(id);
    for (const listener of this.doubtListeners) listener(id, isInDoubt);
  }

  /**
   * Refused in the same way once more, the account is out, though closed only when that is found twice; refused in
   * another, that counts for itself.
   */
  private async verify(
    id: string,
    { account: finding }: Failure,
    status: 'suspended' | 'disabled' | 'needs_login',
  ): Promise<void> {
    const again = finding && (await this.verifier.verify(id, finding));
    const failure = again?.error.failure;
    if (!again || !failure) return;
    const words = wordsOf(again.error);
    if (failure.account !== finding) {
      await this.carryOut(id, this.effectOf(id, failure, again.session), { words, session: again.session });
    } else if (status !== 'disabled' || this.hasStood(id, again)) {
      await this.statuses.apply(id, { status, reason: words });
    }
  }

  /** Nothing brings a closed account back by itself: a fault of some seconds, or a burst of refusals, must not close it. */
  private hasStood(id: string, { before }: ConfirmedRefusal): boolean {
    return before !== undefined && this.workedAt(id) <= before && this.statuses.since(id) <= before;
  }
}

interface Refusal {
  words: string;
  session: AskedThrough | undefined;
}

/** The service's own, where it said anything. */
function wordsOf({ failure, message }: GatewayError): string {
  return failure?.serviceMessage || message;
}
