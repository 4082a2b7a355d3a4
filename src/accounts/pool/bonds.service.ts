import { Injectable } from '@nestjs/common';
import { outageOf } from '../../core/pool/availability.js';
import { Clock } from '../../platform/clock.js';
import { ModelList } from '../models/model-list.service.js';
import { Affinities } from './affinities.service.js';
import type { LeaseRequest } from './lease-request.js';
import type { PoolMember } from './pool-member.js';
import { Roster } from './roster.service.js';
import type { Selection } from './select.js';

/**
 * Ties conversations to accounts as their requests come by. A conversation has one account; where that one works but
 * does not list a model the conversation asks for as well (Claude Code's small one), a second one for that model, so
 * that neither takes the conversation away from the other.
 */
@Injectable()
export class Bonds {
  constructor(
    private readonly affinities: Affinities,
    private readonly roster: Roster,
    private readonly models: ModelList,
    private readonly clock: Clock,
  ) {}

  /** Under what the request's conversation is bound; undefined: it has none, or conversations are not bound. Never rejects. */
  async keyOf({ conversation, model }: LeaseRequest): Promise<string | undefined> {
    if (conversation === undefined || !this.affinities.isOn) return undefined;
    const accountId = await this.affinities.find(conversation);
    const member = accountId === undefined ? undefined : this.roster.find(accountId);
    // An account that is out of use is no account of the conversation any more, whatever it lists.
    if (!member || outageOf(member, this.clock.now()) !== undefined) return conversation;
    if (this.models.peek(member.id) === undefined) await this.models.get(member.id);
    if (this.roster.listingOf(model).modelAt.has(member)) return conversation;
    const key = `${conversation} ${model}`;
    await this.affinities.find(key);
    return key;
  }

  /** The account that it is bound to at this moment. */
  accountOf(key: string | undefined): string | undefined {
    return key === undefined ? undefined : this.affinities.accountOf(key);
  }

  /** The account it is bound to can't serve it any more, whether or not another one can. */
  loosen(key: string | undefined, boundTo: string | undefined, { binding }: Selection): void {
    if (key !== undefined && boundTo !== undefined && binding === 'none') this.affinities.unbind(key, boundTo);
  }

  /** One of its requests was given an account. */
  took(key: string | undefined, { binding }: Selection, chosen: PoolMember): void {
    if (key === undefined) return;
    if (binding === 'spill') this.affinities.use(key);
    else this.affinities.bind(key, chosen.id);
  }
}
