import { Injectable } from '@nestjs/common';
import { Chance } from '../../platform/chance.js';
import { Clock } from '../../platform/clock.js';
import { StateStore } from '../../platform/state/state-store.js';
import type { LeaseOutcome } from './lease.js';
import type { PoolMember } from './pool-member.js';
import { Roster } from './roster.service.js';
import { WaitingLine } from './waiting-line.service.js';

/** Messages are the milliseconds from now, 0 for its end, and the account's id. Clocks of replicas may differ. */
const CHANNEL = 'cooldown';

/** Leaves accounts alone that were asked too often, on every replica. */
@Injectable()
export class Cooldowns {
  constructor(
    private readonly roster: Roster,
    private readonly line: WaitingLine,
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {
    state.subscribe(CHANNEL, (message) => this.hear(message));
  }

  /** What an attempt at the account tells of it. @param sentAt epoch milliseconds */
  ended(member: PoolMember, outcome: LeaseOutcome, sentAt: number): void {
    if (outcome.status === 'success') member.cooldown.succeeded(sentAt);
    if (outcome.status !== 'error' || !outcome.error.failure) return;
    const pause = member.cooldown.failed(outcome.error.failure, sentAt, this.clock.now(), this.chance.next());
    if (pause > 0) this.state.publish(CHANNEL, `${Math.ceil(pause)} ${member.id}`);
  }

  /** An operator says that all is well. */
  end(accountId: string): void {
    this.hear(`0 ${accountId}`);
    this.state.publish(CHANNEL, `0 ${accountId}`);
  }

  private hear(message: string): void {
    const [, forMs, id] = /^(\d+) (.+)$/.exec(message) ?? [];
    const member = id === undefined ? undefined : this.roster.find(id);
    if (!member) return;
    if (Number(forMs) > 0) member.cooldown.heard(this.clock.now() + Number(forMs));
    else {
      member.cooldown.reset();
      this.line.wake();
    }
  }
}
