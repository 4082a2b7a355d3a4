import { Injectable, Logger } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import type { AccountFinding } from '../../core/pool/failure.js';
import { Clock } from '../../platform/clock.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountProfiles } from './account-profiles.service.js';
import { type ProbeOutcome, Prober } from './prober.service.js';
import { Quotas } from './quotas.service.js';

/** An account that was found good is not asked again for every refusal that is about something else. */
const PAUSE_MS = 15_000;

/** A refusal that stood when it was looked into, and what the account was asked through. */
export interface ConfirmedRefusal {
  error: GatewayError;
  session: ProbeOutcome['session'] | undefined;
}

/** Findings that name the account for certain: no second one is asked for. */
const CERTAIN: ReadonlySet<AccountFinding | undefined> = new Set<AccountFinding>(['suspended', 'unsupported']);
/** Those a wrong profile explains. */
const OF_PROFILE: ReadonlySet<AccountFinding> = new Set<AccountFinding>(['denied', 'maybe-misconfigured']);

/**
 * Looks into a refusal that may be about the account or about something else: a proxy on the way, this one call, a
 * profile that is out of date (amazon-q.md §6.3).
 */
@Injectable()
export class Verifier {
  private readonly logger = new Logger('Accounts');
  private readonly running = new Set<string>();
  private readonly verifiedAt = new Map<string, number>();

  constructor(
    private readonly directory: AccountDirectory,
    private readonly quotas: Quotas,
    private readonly profiles: AccountProfiles,
    private readonly prober: Prober,
    private readonly clock: Clock,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.verifiedAt.keys()) if (!accounts.has(id)) this.verifiedAt.delete(id);
    });
  }

  /**
   * Asks the control plane, which costs nothing, reads the profiles again where they may be the reason, and sends a
   * real request. One at a time for each account, and not at once again. Never rejects.
   * @returns how the account was refused this time; undefined when it was not, or nobody asked
   */
  async verify(id: string, finding: AccountFinding): Promise<ConfirmedRefusal | undefined> {
    if (this.running.has(id) || this.clock.now() < (this.verifiedAt.get(id) ?? 0) + PAUSE_MS) return undefined;
    this.running.add(id);
    try {
      this.logger.log({ msg: `Account ${id} was refused (${finding}); it is asked again`, account: id, finding });
      return await this.ask(id, finding);
    } finally {
      this.running.delete(id);
      this.verifiedAt.set(id, this.clock.now());
    }
  }

  /**
   * After a fresh token was refused too: the account may only have the profile of another region.
   * @returns whether it has another profile now
   */
  async correctProfile(id: string): Promise<boolean> {
    const before = this.directory.find(id)?.profileArn;
    const { account } = await this.profiles.lookUp(id);
    return account !== undefined && account.profileArn !== before;
  }

  private async ask(id: string, finding: AccountFinding): Promise<ConfirmedRefusal | undefined> {
    const { error } = await this.quotas.read(id);
    if (error && CERTAIN.has(error.failure?.account)) return { error, session: undefined };
    if (OF_PROFILE.has(finding)) await this.profiles.lookUp(id);
    const account = this.directory.find(id);
    const outcome = account && (await this.prober.probe(account));
    return outcome?.error && { error: outcome.error, session: outcome.session };
  }
}
