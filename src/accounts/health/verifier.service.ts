import { Injectable, Logger } from '@nestjs/common';
import type { GatewayError } from '../../core/errors.js';
import type { AccountFinding } from '../../core/pool/failure.js';
import { Clock } from '../../platform/clock.js';
import { AccountDirectory } from '../account-directory.service.js';
import { AccountProfiles } from './account-profiles.service.js';
import { type ProbeOutcome, Prober } from './prober.service.js';
import { Quotas } from './quotas.service.js';
import { Slots } from './slots.js';

/** An account that was found good is not asked again for every refusal that is about something else. */
const PAUSE_MS = 15_000;
/** Where many accounts are refused at once, the cause is hardly theirs: no storm on top of it. */
const MOST_AT_ONCE = 4;

/** How an account was refused when that was looked into, and what it was asked through. */
export interface ConfirmedRefusal {
  error: GatewayError;
  session: ProbeOutcome['session'] | undefined;
  /** When that was done before, if it was refused in the same way then, epoch milliseconds; at least 15 s ago. */
  before?: number;
}

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
  private readonly verified = new Map<string, { at: number; refusedAs: AccountFinding | undefined }>();
  private readonly slots = new Slots(MOST_AT_ONCE);

  constructor(
    private readonly directory: AccountDirectory,
    private readonly quotas: Quotas,
    private readonly profiles: AccountProfiles,
    private readonly prober: Prober,
    private readonly clock: Clock,
  ) {
    directory.onReload((accounts) => {
      for (const id of this.verified.keys()) if (!accounts.has(id)) this.verified.delete(id);
    });
  }

  /**
   * Asks the control plane, which costs nothing, reads the profiles again where they may be the reason, and sends a
   * real request. One at a time for each account, and not at once again. Never rejects.
   * @returns how the account was refused this time; undefined when it was not, or nobody asked
   */
  async verify(id: string, finding: AccountFinding): Promise<ConfirmedRefusal | undefined> {
    const last = this.verified.get(id);
    if (this.running.has(id) || (last && this.clock.now() < last.at + PAUSE_MS)) return undefined;
    this.running.add(id);
    let confirmed: ConfirmedRefusal | undefined;
    try {
      this.logger.log({ msg: `Account ${id} was refused (${finding}); it is asked again`, account: id, finding });
      confirmed = await this.slots.run(() => this.ask(id, finding));
      const words = confirmed ? `refused (${confirmed.error.failure?.class})` : 'nothing against it';
      this.logger.log({ msg: `Account ${id} was looked into: ${words}`, account: id, finding });
      return confirmed && { ...confirmed, before: last?.refusedAs === finding ? last.at : undefined };
    } finally {
      this.running.delete(id);
      this.verified.set(id, { at: this.clock.now(), refusedAs: confirmed?.error.failure?.account });
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
    // In so many words. A gate, though, may be one of this operation only (amazon-q.md §0).
    if (error?.failure?.account === 'suspended') return { error, session: undefined };
    if (OF_PROFILE.has(finding)) await this.profiles.lookUp(id);
    const account = this.directory.find(id);
    const outcome = account && (await this.prober.probe(account));
    if (!outcome?.error) return undefined;
    // Not the service's answer, and the control plane is out of reach too: something stands in the way of every account.
    if (error && isWordless(outcome.error)) return undefined;
    return { error: outcome.error, session: outcome.session };
  }
}

/** The service itself names a type, or says something. */
function isWordless({ failure }: GatewayError): boolean {
  return !failure?.type && !failure?.serviceMessage;
}
