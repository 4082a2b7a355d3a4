import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Place, PlaceLimits } from '../../platform/state/places.js';
import { StateStore } from '../../platform/state/state-store.js';
import type { PoolMember } from './pool-member.js';
import { Roster } from './roster.service.js';
import { WaitingLine } from './waiting-line.service.js';

/** Messages are the id of an account that has room again. */
const CHANNEL = 'account-room';
/** An account that others have filled is asked for again so often, in case nobody tells. */
const ASK_AGAIN_MS = 1_000;
const SHORTEST_PAUSE_MS = 50;

/** The limits of accounts, held over all replicas. */
@Injectable()
export class AccountPlaces {
  constructor(
    private readonly state: StateStore,
    private readonly roster: Roster,
    private readonly line: WaitingLine,
    private readonly clock: Clock,
  ) {
    state.subscribe(CHANNEL, (id) => this.hear(id));
  }

  /**
   * Takes one of the account's places. Never rejects.
   * @returns undefined where replicas have filled it together: the account is shown as full then
   */
  take(member: PoolMember): Promise<Place | undefined> {
    const { maxConcurrent, requestsPerMinute } = member;
    return this.takeWithin(member, { atOnce: maxConcurrent, perMinute: requestsPerMinute });
  }

  /**
   * Takes one of its minute's places, for a further request of who has a place already. Never rejects.
   * @returns false where replicas have filled its minute together
   */
  async takeMinute(member: PoolMember): Promise<boolean> {
    const place = await this.takeWithin(member, { perMinute: member.requestsPerMinute });
    void place?.leave();
    return place !== undefined;
  }

  private async takeWithin(member: PoolMember, limits: PlaceLimits): Promise<Place | undefined> {
    const answer = await this.state.takePlace(nameOf(member.id), limits);
    if ('place' in answer) return answer.place;
    const { limit, freeInMs = ASK_AGAIN_MS } = answer.refused;
    member.filledElsewhere = {
      limit: limit === 'atOnce' ? 'max_concurrent' : 'requests_per_minute',
      until: this.clock.now() + Math.max(freeInMs, SHORTEST_PAUSE_MS),
    };
    return undefined;
  }

  /** Never rejects; before it returns for the first time, whoever asks next comes after it. */
  async leave(member: PoolMember, place: Place | undefined): Promise<void> {
    const left = place?.leave();
    hasRoom(member);
    this.line.wake();
    if (await left) this.state.publish(CHANNEL, member.id);
  }

  /** Where it was not shown as full, nobody waits for that: also what this replica told by itself. */
  private hear(id: string): void {
    const member = this.roster.find(id);
    if (member && hasRoom(member)) this.line.wake();
  }
}

function hasRoom(member: PoolMember): boolean {
  const wasFull = member.filledElsewhere?.limit === 'max_concurrent';
  if (wasFull) member.filledElsewhere = undefined;
  return wasFull;
}

function nameOf(accountId: string): string {
  return `account:${accountId}`;
}
