import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../platform/clock.js';
import { LiveSettings } from '../../settings/live-settings.service.js';

/** Those longest out of use go first. */
const MOST_CONVERSATIONS = 100_000;

/** Which account each conversation is bound to. */
@Injectable()
export class Affinities {
  private readonly bindings: LRUCache<string, string>;

  constructor(
    private readonly settings: LiveSettings,
    clock: Clock,
  ) {
    this.bindings = new LRUCache({ max: MOST_CONVERSATIONS, ttlResolution: 0, perf: clock });
  }

  /** The id of the account, known here or to another replica; undefined: none. Never rejects. */
  accountOf(conversation: string): string | undefined | Promise<string | undefined> {
    return this.bindings.get(conversation);
  }

  /** From now on, and for as long as it goes on. */
  bind(conversation: string, accountId: string): void {
    const { affinityTtl } = this.settings.current;
    if (affinityTtl > 0) this.bindings.set(conversation, accountId, { ttl: affinityTtl * 1000 });
  }

  /** The account can't serve it any more. */
  unbind(conversation: string): void {
    this.bindings.delete(conversation);
  }
}
