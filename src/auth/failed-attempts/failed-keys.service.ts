import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { isGeneratedApiKey } from '../api-keys/api-key.js';
import { addressGroup } from './address-group.js';
import { type Block, FailedAttempts } from './failed-attempts.js';
import { SeenKeys } from './seen-keys.js';

/** Different wrong keys of an address within a minute that bring no block. */
const FREE_GUESSES = 10;
/** The same for requests with one wrong key. */
const FREE_REPETITIONS = 20;
/** Texts of an operator's own that are compared during one block. */
const COMPARED_IN_A_BLOCK = 10;

/**
 * Slows down who guesses keys. During the block of an address no key from there is looked at, but those that were good
 * from there lately: nobody learns then whether a guess is right, and nobody locks out whom they share an address with.
 * Who comes with the same wrong key again and again guesses nothing, and is slowed down without the others of the address.
 * Counted in this process.
 */
@Injectable()
export class FailedKeys {
  private readonly guesses: FailedAttempts;
  private readonly repetitions: FailedAttempts;
  private readonly seen: SeenKeys;

  constructor(private readonly clock: Clock) {
    this.guesses = new FailedAttempts(clock, FREE_GUESSES);
    this.repetitions = new FailedAttempts(clock, FREE_REPETITIONS);
    this.seen = new SeenKeys(clock);
  }

  /**
   * Those of the keys that may be looked at: all, or during a block the ones that were good lately.
   * On the path of every request.
   */
  admissible(address: string, keys: readonly string[]): readonly string[] {
    const block = this.guesses.isQuiet ? undefined : this.guesses.blockOf(addressGroup(address));
    return block ? keys.filter((key) => this.wasGood(address, key, block)) : keys;
  }

  /** A key let somebody in. On the path of every request. */
  succeeded(address: string, keyId: string, key: string): void {
    this.seen.rememberGood(address, keyId, key);
  }

  /**
   * A key is none of ours. The same one counts once: a client that always sends it beside a good one guesses nothing.
   * @returns seconds for which the address is blocked from now on; undefined: no longer than it is
   */
  failed(address: string, key: string): number | undefined {
    const block = this.seen.rememberWrong(address, key) ? undefined : this.guesses.record(addressGroup(address));
    return block && block.lengthMs / 1000;
  }

  /**
   * A request came with this wrong key only.
   * @returns seconds after which the next may come, where it came too often; undefined: it is to be told that it is wrong
   */
  repeated(address: string, key: string): number | undefined {
    const source = this.seen.digest(address, key);
    const block = this.repetitions.blockOf(source);
    if (!block) this.repetitions.record(source);
    return block && this.secondsLeft(block);
  }

  /** Seconds for which the address is blocked; at least 1. */
  blockedFor(address: string): number {
    const block = this.guesses.blockOf(addressGroup(address));
    return block ? this.secondsLeft(block) : 1;
  }

  private secondsLeft({ until }: Block): number {
    return Math.max(1, Math.ceil((until - this.clock.now()) / 1000));
  }

  /** Nobody guesses the chance in a key of ours; a text of an operator's own is compared so many times only. */
  private wasGood(address: string, key: string, block: Block): boolean {
    if (isGeneratedApiKey(key)) return this.seen.wasGood(address, key);
    if (block.compared >= COMPARED_IN_A_BLOCK) return false;
    if (this.seen.wasGood(address, key)) return true;
    block.compared++;
    return false;
  }
}
