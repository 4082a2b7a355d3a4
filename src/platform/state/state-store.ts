import type { AllowanceAnswer, AllowanceLimits, Amount, Spent } from './allowance.js';
import type { PlaceAnswer, PlaceLimits } from './places.js';

/** How a lock is held: for at most `holdMs`; others wait for it for at most `waitMs`. */
export interface LockTimes {
  holdMs: number;
  waitMs: number;
}

/** Thrown when a lock was not to be had in time. */
export class LockTimeoutError extends Error {
  constructor(name: string, waitMs: number) {
    super(`lock '${name}' was not free within ${waitMs} ms`);
    this.name = 'LockTimeoutError';
  }
}

/**
 * State that the replicas of one gateway share (architecture rule 8): in this process, or in Redis. Chosen in one
 * place; no caller asks which. What is remembered is a help, never the truth: it may be gone at any time, and none of
 * its three operations ever rejects. What is published is a hint as well: a message that is sent while the shared state
 * can't be reached comes to this process only, and is not sent again. Who must not miss one looks for itself now and then.
 */
export abstract class StateStore {
  /**
   * Runs `task` while nobody else holds the lock of that name.
   * @throws LockTimeoutError when it was not free within `waitMs`
   */
  abstract withLock<T>(name: string, times: LockTimes, task: () => Promise<T>): Promise<T>;

  /**
   * Keeps a short value for at most `ttlSeconds`.
   * @param key begins with what kind of value it is and a colon; the kinds are a few, named in the code
   */
  abstract remember(key: string, value: string, ttlSeconds: number): Promise<void>;

  /** What is remembered under each of the keys, in their order; undefined where nothing is, or it can't be told. */
  abstract recall(keys: readonly string[]): Promise<(string | undefined)[]>;

  abstract forget(keys: readonly string[]): Promise<void>;

  /**
   * Tells the listeners of a channel in every replica, this one included: each at most once, here right after what runs
   * now. Returns at once and never throws.
   */
  abstract publish(channel: string, message: string): void;

  /**
   * Hears what is published on a channel from now on, until the process ends: for services, not for requests. A listener
   * that throws is logged and keeps no other from being told.
   */
  abstract subscribe(channel: string, listener: (message: string) => void): void;

  /**
   * Takes one of the places of that name, which all replicas take together. Those of a replica that died are free again
   * within a minute. While the shared state can't be reached, only those that this process took count. Never rejects.
   */
  abstract takePlace(name: string, limits: PlaceLimits): Promise<PlaceAnswer>;

  /**
   * Lets one request of that name in, when none of its limits is reached: all of them are looked at and taken from in one
   * step, which all replicas share; of one that is refused nothing is taken. The places of a replica that died, and what
   * it kept of a month, are there again a minute later. While the shared state can't be reached, only what this process
   * let in counts, and what is stored. Never rejects.
   * @param estimate what it is expected to use: taken until it ends
   * @param spent what is stored of the month: as much counts as spent, where the state knows of less
   */
  abstract takeAllowance(
    name: string,
    limits: AllowanceLimits,
    estimate: Amount,
    spent: Spent,
  ): Promise<AllowanceAnswer>;
}
