import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.js';
import { Clock } from '../../platform/clock.js';
import { StateStore } from '../../platform/state/state-store.js';
import { LiveSettings } from '../../settings/live-settings.service.js';

/** Those longest out of use go first. About 26 MB, shown by a test. */
const MOST_CONVERSATIONS = 100_000;
const CLEAN_EVERY_MS = 10_000;
/** A table full of what ended at once is empty after some minutes, at some milliseconds a time. */
const MOST_CLEANED = 5_000;
/** Other replicas hear that a conversation goes on after this part of its time, so that not each turn costs a command. */
const SHARED_AGAIN_AFTER = 1 / 4;
const CHANNEL = 'affinity';

interface Bound {
  accountId: string;
  /** Epoch milliseconds, as all times here. Of two replicas' bindings the later one counts. */
  boundAt: number;
  usedAt: number;
  /** When other replicas were told last that it is in use; 0: by whoever it was learnt from. */
  sharedAt: number;
}

/**
 * Which account each conversation is bound to, for as long as it goes on (`SESSION_AFFINITY_TTL` after its last
 * request). What is known here counts; of a conversation that is new here, the other replicas are asked.
 */
@Injectable()
export class Affinities implements OnApplicationShutdown {
  private readonly bindings = new LRUCache<string, Bound>(atMost(MOST_CONVERSATIONS));
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly settings: LiveSettings,
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {
    this.timer = setInterval(() => this.clean(), CLEAN_EVERY_MS).unref();
    state.subscribe(CHANNEL, (message) => this.heard(message));
    settings.onChange(({ affinityTtl }) => {
      if (affinityTtl === 0) this.bindings.clear();
    });
  }

  /** Whether conversations are bound at all. */
  get isOn(): boolean {
    return this.settings.current.affinityTtl > 0;
  }

  /** Bindings held here, those that ended but are not cleaned away included. */
  get size(): number {
    return this.bindings.size;
  }

  /** The id of the account, as far as it is known here; undefined: none. Does not count as use. */
  accountOf(conversation: string): string | undefined {
    const bound = this.bindings.peek(conversation);
    return bound && this.isInUse(bound.usedAt) ? bound.accountId : undefined;
  }

  /** Learns from other replicas what is not known here; at once where it is. Never rejects. */
  find(conversation: string): string | undefined | Promise<string | undefined> {
    return this.accountOf(conversation) ?? (this.isOn ? this.recall(conversation) : undefined);
  }

  /** From now on, and for as long as it goes on. */
  bind(conversation: string, accountId: string): void {
    if (!this.isOn) return;
    if (this.accountOf(conversation) === accountId) {
      this.use(conversation);
      return;
    }
    const now = this.clock.now();
    const bound = { accountId, boundAt: now, usedAt: now, sharedAt: now };
    this.bindings.set(conversation, bound);
    this.share(conversation, bound);
    this.state.publish(CHANNEL, `${conversation}\n${now}\n${accountId}`);
  }

  /** It goes on, at its account or for once at another. */
  use(conversation: string): void {
    const bound = this.bindings.get(conversation);
    if (!bound || !this.isOn) return;
    const now = this.clock.now();
    bound.usedAt = now;
    if (now - bound.sharedAt < this.ttlMs * SHARED_AGAIN_AFTER) return;
    bound.sharedAt = now;
    this.share(conversation, bound);
  }

  /** That account can't serve it any more. Nothing happens where it is bound to another one by now. */
  unbind(conversation: string, accountId: string): void {
    const bound = this.bindings.peek(conversation);
    if (bound && bound.accountId !== accountId) return;
    this.bindings.delete(conversation);
    void this.state.forget([keyOf(conversation)]);
  }

  /** Lets go of some that ended, those longest out of use first. */
  clean(): void {
    for (let cleaned = 0; cleaned < MOST_CLEANED; cleaned++) {
      const { value: oldest } = this.bindings.rvalues().next();
      if (!oldest || this.isInUse(oldest.usedAt)) return;
      this.bindings.pop();
    }
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private get ttlMs(): number {
    return this.settings.current.affinityTtl * 1000;
  }

  /** By the setting as it is now, whatever it was when the conversation was bound. */
  private isInUse(usedAt: number): boolean {
    return this.clock.now() - usedAt < this.ttlMs;
  }

  private share(conversation: string, { boundAt, usedAt, accountId }: Bound): void {
    const value = `${boundAt}\n${usedAt}\n${accountId}`;
    void this.state.remember(keyOf(conversation), value, this.settings.current.affinityTtl);
  }

  private async recall(conversation: string): Promise<string | undefined> {
    const [value] = await this.state.recall([keyOf(conversation)]);
    // Another request of the conversation may have bound it meanwhile.
    const known = this.accountOf(conversation);
    if (known !== undefined || value === undefined) return known;
    const [boundAt, usedAt, accountId] = value.split('\n');
    if (!accountId || !this.isInUse(Number(usedAt))) return undefined;
    this.bindings.set(conversation, {
      accountId,
      boundAt: Number(boundAt),
      usedAt: Number(usedAt),
      sharedAt: 0,
    });
    return accountId;
  }

  /**
   * Another replica bound a conversation. Its first requests may come to two replicas at once: both take the later
   * binding, of two that are as old the same.
   */
  private heard(message: string): void {
    const [conversation = '', time, accountId] = message.split('\n');
    const bound = this.bindings.peek(conversation);
    const boundAt = Number(time);
    if (!bound || !accountId || !(boundAt >= bound.boundAt)) return;
    if (bound.boundAt === boundAt && bound.accountId >= accountId) return;
    bound.accountId = accountId;
    bound.boundAt = boundAt;
  }
}

/** Bindings name conversations by their keys (`conversation-key.ts`): no client's own words are stored. */
function keyOf(conversation: string): string {
  return `affinity:${conversation}`;
}
