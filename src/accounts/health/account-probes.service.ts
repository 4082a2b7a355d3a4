import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Account } from '../account.js';
import { AccountDirectory } from '../account-directory.service.js';
import { Breakers } from '../pool/breakers.service.js';
import { AccountEffects } from './account-effects.service.js';
import { inParallel } from './in-parallel.js';
import { Prober } from './prober.service.js';
import { quoteService } from './quote-service.js';
import { Slots } from './slots.js';
import { StatusChanges } from './status-changes.service.js';

/** Probes of many accounts at once, whoever asks for how many. */
export const MOST_PROBES = 4;
/** Of single accounts, by hand: they don't wait for those. */
const MOST_SINGLE_PROBES = 8;

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
export class AccountProbes implements OnModuleDestroy {
  private readonly logger = new Logger('Probes');
  private readonly running = new Map<string, Promise<ProbeResult>>();
  private readonly slots = new Slots(MOST_PROBES);
  private readonly singleSlots = new Slots(MOST_SINGLE_PROBES);
  /** When a probe of an account ended last, well or not. */
  private readonly probedAt = new Map<string, number>();
  private ofAll?: Promise<AccountProbeResult[]>;
  private isClosing = false;

  constructor(
    private readonly prober: Prober,
    private readonly effects: AccountEffects,
    private readonly statuses: StatusChanges,
    private readonly directory: AccountDirectory,
    private readonly breakers: Breakers,
    private readonly clock: Clock,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.probedAt.keys()) if (!accounts.has(id)) this.probedAt.delete(id);
    });
  }

  /**
   * Sends a real request through an account, whatever its status; one that is answered brings it back into use. Calls
   * at once share one. Never rejects.
   */
  probe(account: Account): Promise<ProbeResult> {
    return this.inTurn(account, this.singleSlots);
  }

  /** The same for one of many accounts: at most four of these at once. */
  probeOneOfMany(account: Account): Promise<ProbeResult> {
    return this.inTurn(account, this.slots);
  }

  /** Whether its breaker keeps requests away from it: when it is probed is for `RecoveryJob` to say. */
  isRecovering(id: string): boolean {
    return this.breakers.of(id).snapshot.state !== 'closed';
  }

  /** What waits is not begun any more. */
  onModuleDestroy(): void {
    this.isClosing = true;
  }

  /** Every account that is enabled, a few at a time; asked for again meanwhile, the same. Never rejects. */
  probeAll(): Promise<AccountProbeResult[]> {
    this.ofAll ??= this.probeEach().finally(() => {
      this.ofAll = undefined;
    });
    return this.ofAll;
  }

  /**
   * One account that could serve, the one longest neither heard of nor asked: whether a request would be answered.
   * @returns undefined when there is none
   */
  async probeAny(): Promise<AccountProbeResult | undefined> {
    let chosen: Account | undefined;
    for (const account of this.directory.usable()) {
      if (!chosen || this.heardAt(account) < this.heardAt(chosen)) chosen = account;
    }
    return chosen && { id: chosen.id, ...(await this.probe(chosen)) };
  }

  private async probeEach(): Promise<AccountProbeResult[]> {
    const ids = Array.from(this.directory.list(), ({ id }) => id);
    const results = await inParallel(ids, MOST_PROBES, async (id) => {
      const account = this.directory.find(id); // as it is when its turn comes
      if (!account?.enabled || this.isClosing) return undefined;
      return { id, ...(await this.probeOneOfMany(account)) };
    });
    return results.filter((result) => result !== undefined);
  }

  private heardAt({ id }: Account): number {
    return Math.max(this.effects.workedAt(id), this.probedAt.get(id) ?? 0);
  }

  private inTurn(account: Account, slots: Slots): Promise<ProbeResult> {
    const { id } = account;
    const running = this.running.get(id);
    if (running !== undefined) return running;
    const probe = slots
      .run(() => this.probeNow(this.directory.find(id) ?? account))
      .finally(() => {
        this.running.delete(id);
        this.probedAt.set(id, this.clock.now());
      });
    this.running.set(id, probe);
    return probe;
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
