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
 * place; no caller asks which.
 */
export abstract class StateStore {
  /**
   * Runs `task` while nobody else holds the lock of that name.
   * @throws LockTimeoutError when it was not free within `waitMs`
   */
  abstract withLock<T>(name: string, times: LockTimes, task: () => Promise<T>): Promise<T>;
}
