import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { FairQueue } from '../../core/pool/fair-queue.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import { AccountDirectory } from '../account-directory.service.js';
import type { LeaseRequest } from './lease-request.js';
import { type Line, type NoRoom, WaitingPlace } from './waiting-place.js';

/** Somebody of each kind looks so often even without news: what other replicas and the clock change is not all told. */
const LONGEST_SLEEP_MS = 1_000;
/** A look that asks somebody takes longer than a look at what is known; nobody waits for it. */
const LONGEST_LOOK_MS = 250;
/** So many looks in vain, and the line rests: clients can wait for any number of models. */
const MOST_LOOKS_IN_VAIN = 16;
const REST_MS = 25;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Those who can be served by the same accounts. */
interface Kind {
  readonly waiting: Set<WaitingPlace>;
  /** Whose turn it is. */
  looking?: WaitingPlace;
  /** `news` as it was before the last look. */
  news: number;
  /** When that look said that there may be room, epoch milliseconds; in the past: whenever a request ends. */
  freeAt: number;
  /** When the next one is due without any news. */
  lookAt: number;
}

/**
 * Requests that wait for an account to have room for them: so many, for so long, in turn by API key. Nobody looks in a
 * loop: there is one look for each kind when there is news, and one timer for all.
 */
@Injectable()
export class WaitingLine implements Line, OnApplicationShutdown {
  private readonly queue = new FairQueue<WaitingPlace>();
  private readonly kinds = new Map<string, Kind>();
  private readonly models = new Map<string, number>();
  /** All have the same time, so whoever came first has to go first. */
  private readonly byDeadline = new Set<WaitingPlace>();
  private newsSoFar = 0;
  /** Goes on after a rest, so that everybody has a look however many looks are in vain. */
  private round?: Generator<WaitingPlace, undefined>;
  /** Who looks now, and since when. */
  private looker?: { place: WaitingPlace; since: number };
  private looksInVain = 0;
  private restsUntil = 0;
  private isCalled = false;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly configuration: Configuration,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    settings: LiveSettings,
    directory: AccountDirectory,
  ) {
    settings.onChange(() => this.wake());
    directory.onReload(() => this.wake());
  }

  /** Counts what may have made room. Whoever looks at the accounts notes it before, for `turn`. */
  get news(): number {
    return this.newsSoFar;
  }

  get size(): number {
    return this.queue.size;
  }

  /** Whether somebody waits for that model, so that who comes now has to wait behind. */
  isWaitedFor(model: string): boolean {
    return this.models.has(model);
  }

  /**
   * Where the line is full, whoever has most waiting loses a place to one who has fewer.
   * @throws GatewayError `rate_limit` when there is no place
   */
  enter({ model, provider, excluded, caller = '', signal }: LeaseRequest): WaitingPlace {
    const { QUEUE_SIZE, QUEUE_TIMEOUT } = this.configuration.settings;
    if (this.queue.size >= QUEUE_SIZE) {
      const displaced = QUEUE_SIZE > 0 ? this.queue.displacedBy(caller) : undefined;
      if (!displaced) throw lineFull();
      displaced.refuse(lineFull());
    }
    const kind = JSON.stringify([model, provider ?? '', ...Array.from(excluded).sort()]);
    const deadline = this.clock.now() + QUEUE_TIMEOUT * 1000;
    const place = new WaitingPlace({ model, caller, kind, deadline, line: this, signal });
    this.queue.add(place);
    this.byDeadline.add(place);
    this.models.set(model, (this.models.get(model) ?? 0) + 1);
    const known = this.kinds.get(kind);
    if (known) known.waiting.add(place);
    else this.kinds.set(kind, { waiting: new Set([place]), news: -1, freeAt: 0, lookAt: 0 });
    this.metrics.waitingRequests(this.queue.size);
    return place;
  }

  /** Room may have come up: an account was given back, or changed. */
  wake(): void {
    this.newsSoFar++;
    this.callSoon();
  }

  wait(place: WaitingPlace, noRoom: NoRoom | undefined): void {
    const kind = this.kinds.get(place.kind);
    if (!kind) return;
    const now = this.clock.now();
    if (this.endLook(place, kind)) this.looksInVain++;
    if (noRoom && noRoom.news >= kind.news) {
      kind.news = noRoom.news;
      kind.freeAt = Number.isFinite(noRoom.freeAt) ? noRoom.freeAt : noRoom.soonest;
      kind.lookAt = Math.min(Math.max(noRoom.freeAt, now + REST_MS), now + LONGEST_SLEEP_MS);
      if (noRoom.news === this.newsSoFar) this.refuseSureMisses(kind, noRoom.soonest, now);
    }
    if (place.deadline <= now) place.refuse(this.busy(kind, now));
    this.callSoon();
  }

  leave(place: WaitingPlace, isServed: boolean): void {
    if (isServed) this.queue.served(place);
    else this.queue.leave(place);
    this.byDeadline.delete(place);
    const others = (this.models.get(place.model) ?? 0) - 1;
    if (others > 0) this.models.set(place.model, others);
    else this.models.delete(place.model);
    const kind = this.kinds.get(place.kind);
    if (kind) {
      kind.waiting.delete(place);
      if (kind.waiting.size === 0) this.kinds.delete(place.kind);
      if (this.endLook(place, kind)) this.callSoon();
    }
    if (this.queue.size === 0) this.rest();
    this.metrics.waitingRequests(this.queue.size);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  /** After what runs now: much may happen to the line in one go. */
  private callSoon(): void {
    if (this.isCalled || this.queue.size === 0) return;
    this.isCalled = true;
    queueMicrotask(() => {
      this.isCalled = false;
      this.callNext();
    });
  }

  /** Whose turn it is looks; where nobody has anything to look for, the line sleeps. */
  private callNext(): void {
    const now = this.clock.now();
    if (!this.looker && now >= this.restsUntil) {
      if (this.looksInVain < MOST_LOOKS_IN_VAIN) this.callWhoeverIsNext(now);
      else {
        this.restsUntil = now + REST_MS;
        this.looksInVain = 0;
      }
    }
    this.setTimer(now);
  }

  private callWhoeverIsNext(now: number): void {
    this.round ??= this.queue.round((kind) => this.isWorthALook(kind));
    const { value: place } = this.round.next();
    const kind = place && this.kinds.get(place.kind);
    if (kind) {
      kind.looking = place;
      this.looker = { place, since: now };
      place.call();
    } else {
      this.round = undefined;
      this.looksInVain = 0;
    }
  }

  private isWorthALook(name: string): boolean {
    const kind = this.kinds.get(name);
    if (!kind || kind.looking) return false;
    return kind.news < this.newsSoFar || kind.lookAt <= this.clock.now();
  }

  /** @returns whether it was its turn */
  private endLook(place: WaitingPlace, kind: Kind): boolean {
    if (kind.looking !== place) return false;
    kind.looking = undefined;
    if (this.looker?.place === place) this.looker = undefined;
    return true;
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.round = undefined;
    this.looksInVain = 0;
  }

  private setTimer(now: number): void {
    clearTimeout(this.timer);
    if (this.queue.size === 0) return;
    let next = this.nextDeadline(now);
    if (this.looker) next = Math.min(next, this.looker.since + LONGEST_LOOK_MS);
    else if (this.restsUntil > now) next = Math.min(next, this.restsUntil);
    else for (const { looking, lookAt } of this.kinds.values()) if (!looking) next = Math.min(next, lookAt);
    const delay = Math.min(Math.max(next - now, 1), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => this.timeIsUp(), delay).unref();
  }

  private timeIsUp(): void {
    const now = this.clock.now();
    for (const place of this.byDeadline) {
      if (place.deadline > now) break;
      const kind = this.kinds.get(place.kind);
      // Who looks has its last look.
      if (kind && kind.looking !== place) place.refuse(this.busy(kind, now));
    }
    if (this.looker && this.looker.since + LONGEST_LOOK_MS <= now) this.looker = undefined;
    this.callNext();
  }

  private nextDeadline(now: number): number {
    for (const { deadline } of this.byDeadline) if (deadline > now) return deadline;
    return Number.POSITIVE_INFINITY;
  }

  /** Of those for whom no account has room in time, nobody is kept waiting. */
  private refuseSureMisses(kind: Kind, soonest: number, now: number): void {
    for (const place of kind.waiting) if (place.deadline < soonest) place.refuse(this.busy(kind, now));
  }

  private busy({ freeAt }: Kind, now: number): GatewayError {
    const retryAfter = Math.max(Math.ceil((freeAt - now) / 1000), 1);
    return new GatewayError('rate_limit', `Every account is at its limits; try again in ${retryAfter} s`, {
      retryAfter,
    });
  }
}

function lineFull(): GatewayError {
  return new GatewayError('rate_limit', 'Every account is at its limits, and too many requests wait for one', {
    retryAfter: 1,
  });
}
