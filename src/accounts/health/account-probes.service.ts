import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountEffects } from './account-effects.service.js';
import { inParallel } from './in-parallel.js';
import { Prober } from './prober.service.js';
import { quoteService } from './quote-service.js';
import { StatusChanges } from './status-changes.service.js';

/** Probes at once, whoever asks for how many. */
export const MOST_PROBES = 4;

/** How a probe ended, for operators. */
export interface ProbeResult {
  ok: boolean;
  model: string;
  latencyMs: number;
  /** The service's words, or ours. */
  error?: string;
}

export interface AccountProbeResult extends ProbeResult {
  id: string;
}

/** Probes, with what follows from them for the account: the same as after a client's request. */
@Injectable()
export class AccountProbes {
  private readonly logger = new Logger('Probes');
  private readonly running = new Map<string, Promise<ProbeResult>>();
  private ofAll?: Promise<AccountProbeResult[]>;

  constructor(
    private readonly prober: Prober,
    private readonly effects: AccountEffects,
    private readonly statuses: StatusChanges,
    private readonly directory: AccountDirectory,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends a real request through an account, whatever its status; one that is answered brings it back into use. Calls
   * at once share one. Never rejects.
   */
  probe(account: Account): Promise<ProbeResult> {
    const { id } = account;
    const running = this.running.get(id);
    if (running !== undefined) return running;
    const probe = this.probeNow(account).finally(() => this.running.delete(id));
    this.running.set(id, probe);
    return probe;
  }

  /** Every account that is enabled, a few at a time; asked for again meanwhile, the same. Never rejects. */
  probeAll(): Promise<AccountProbeResult[]> {
    this.ofAll ??= this.probeEach().finally(() => {
      this.ofAll = undefined;
    });
    return this.ofAll;
  }

  /**
   * One account that could serve, the one longest unheard of: whether a request would be answered.
   * @returns undefined when there is none
   */
  async probeAny(): Promise<AccountProbeResult | undefined> {
    let chosen: Account | undefined;
    for (const account of this.directory.usable()) {
      if (!chosen || this.effects.workedAt(account.id) < this.effects.workedAt(chosen.id)) chosen = account;
    }
    return chosen && { id: chosen.id, ...(await this.probe(chosen)) };
  }

  private async probeEach(): Promise<AccountProbeResult[]> {
    const accounts = Array.from(this.directory.list()).filter(({ enabled }) => enabled);
    return inParallel(accounts, MOST_PROBES, async (account) => ({ id: account.id, ...(await this.probe(account)) }));
  }

  private async probeNow(account: Account): Promise<ProbeResult> {
    const { id } = account;
    const startedAt = this.clock.now();
    const { error, session, ...outcome } = await this.prober.probe(account);
    if (error) {
      await this.effects.apply(id, error, session);
      return { ok: false, ...outcome, error: quoteService(error.failure?.serviceMessage || error.message) };
    }
    this.effects.succeeded(id);
    await this.backInUse(id, startedAt);
    return { ok: true, ...outcome };
  }

  /** Not where it was taken out while the request ran: what is learnt last counts. */
  private async backInUse(id: string, startedAt: number): Promise<void> {
    const account = this.directory.find(id);
    if (!account || account.status === 'active' || account.statusSince.getTime() > startedAt) return;
    try {
      await this.statuses.apply(id, { status: 'active' }, 'success');
    } catch (cause) {
      this.logger.error({ msg: `That account ${id} works again could not be stored`, account: id, err: cause });
    }
  }
}
