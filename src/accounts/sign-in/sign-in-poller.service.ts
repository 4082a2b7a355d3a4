import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AuthorizationStep } from './authorization-step.service.js';
import type { DeviceSignIn } from './device-sign-in.js';
import { DeviceSignInRepository } from './device-sign-in.repository.js';
import { SignInSteps } from './sign-in-steps.service.js';

const TICK_MS = 1_000;
/** Sign-ins that other replicas began are found so late, at most. */
const LONGEST_IDLE_MS = 15_000;
/** Longer than any step: what a process that ended left half done is taken over then. */
const CLAIM_MS = 60_000;
/** Steps at work at once. */
const MOST_AT_ONCE = 16;
/** Rows read at a look; there may be a hundred of one replica (`SignInService`). */
const MOST_ROWS = 1_000;
const CLEAN_EVERY_MS = 600_000;
/** How long after its end a sign-in can still be asked for. */
const KEPT_MS = 24 * 3_600_000;
/** Longer than one poll may last: an answer that is on its way is stored. */
const SHUTDOWN_WAIT_MS = 16_000;

/**
 * Takes each open sign-in further when it is due. What is to be done stands in the database: a restart goes on where
 * it was, and of several replicas the one that claims a step does it.
 */
@Injectable()
export class SignInPoller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('SignIn');
  private readonly running = new Map<string, Promise<void>>();
  private looking?: Promise<void>;
  private lookAt = 0;
  private cleanAt = 0;
  private isReadable = true;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly repository: DeviceSignInRepository,
    private readonly steps: SignInSteps,
    private readonly authorization: AuthorizationStep,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      if (!this.looking && this.clock.now() >= this.lookAt) void this.look();
    }, TICK_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.race([this.settle(), delay(SHUTDOWN_WAIT_MS, undefined, { ref: false })]);
    await this.authorization.storeUnstored().catch((error: unknown) => this.complain(error));
  }

  /** Does everything that is due, and resolves when it is done; never rejects. */
  async tick(): Promise<void> {
    await this.settle();
    await this.look();
    await this.settle();
  }

  /** Told of a sign-in that has something to do at that time. */
  wakeFor({ nextStepAt }: DeviceSignIn): void {
    this.lookAt = Math.min(this.lookAt, nextStepAt.getTime());
  }

  /** Takes one sign-in further now, unless another replica is at it. Never rejects. */
  async advance(signIn: DeviceSignIn): Promise<void> {
    await (this.running.get(signIn.id) ?? this.start(signIn));
  }

  private look(): Promise<void> {
    this.looking ??= this.startDue().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async startDue(): Promise<void> {
    const now = this.clock.now();
    this.lookAt = now + LONGEST_IDLE_MS;
    try {
      if (this.authorization.hasUnstored) await this.authorization.storeUnstored();
      if (now >= this.cleanAt) await this.clean(now);
      for (const signIn of await this.repository.listOpen(MOST_ROWS)) {
        const isDue = signIn.nextStepAt.getTime() <= now;
        if (isDue && this.running.size < MOST_AT_ONCE) void this.start(signIn);
        else this.wakeFor(signIn);
        if (!isDue) break;
      }
      this.isReadable = true;
    } catch (error) {
      this.lookAt = now;
      if (this.isReadable) this.complain(error);
      this.isReadable = false;
    }
  }

  private start(signIn: DeviceSignIn): Promise<void> {
    const running = this.running.get(signIn.id);
    if (running !== undefined) return running;
    const run = this.work(signIn)
      .catch((error: unknown) => this.complain(error, signIn.id))
      .finally(() => {
        this.running.delete(signIn.id);
        this.lookAt = 0; // for what is due next
      });
    this.running.set(signIn.id, run);
    return run;
  }

  private async work(signIn: DeviceSignIn): Promise<void> {
    const claimed = await this.repository.claim(signIn, new Date(this.clock.now() + CLAIM_MS));
    if (claimed) await this.steps.run(claimed);
  }

  private async clean(now: number): Promise<void> {
    await this.repository.deleteOlder(new Date(now - KEPT_MS));
    this.cleanAt = now + CLEAN_EVERY_MS;
  }

  private async settle(): Promise<void> {
    await this.looking;
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private complain(error: unknown, login?: string): void {
    this.logger.error({ msg: 'Device sign-ins are not taken further; tried again', login, err: error });
  }
}
