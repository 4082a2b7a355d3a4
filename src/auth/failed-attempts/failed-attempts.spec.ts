import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { FailedAttempts } from './failed-attempts.js';

const ATTACKER = '192.0.2.1';

function stage() {
  const clock = new TestClock();
  const attempts = new FailedAttempts(clock, 10);
  const fail = (times: number, address = ATTACKER) =>
    Array.from({ length: times }, () => attempts.record(address)?.lengthMs);
  /** Lengths of the blocks of so many failures, each right after the last block. */
  const failAfterEachBlock = (times: number) =>
    Array.from({ length: times }, () => {
      const seconds = (attempts.record(ATTACKER)?.lengthMs ?? 0) / 1000;
      clock.advance(seconds);
      return seconds;
    });
  return { clock, attempts, fail, failAfterEachBlock };
}

describe('FailedAttempts', () => {
  it('blocks nobody for ten failures within a minute', () => {
    const { attempts, fail } = stage();
    expect(fail(10)).toEqual(Array(10).fill(undefined));
    expect(attempts.blockOf(ATTACKER)).toBeUndefined();
  });

  it('blocks at the eleventh, for a second', () => {
    const { clock, attempts, fail } = stage();
    fail(10);
    expect(fail(1)).toEqual([1_000]);
    expect(attempts.blockOf(ATTACKER)).toMatchObject({ until: clock.now() + 1_000 });
    clock.advance(0.999);
    expect(attempts.blockOf(ATTACKER)).toBeDefined();
    clock.advance(0.001);
    expect(attempts.blockOf(ATTACKER)).toBeUndefined();
  });

  it('counts the failures of any minute, not of one by the clock', () => {
    const { clock, fail } = stage();
    fail(5);
    clock.advance(50);
    fail(5);
    clock.advance(9.999);
    expect(fail(1)).toEqual([1_000]);

    const later = stage();
    later.fail(5);
    later.clock.advance(50);
    later.fail(5);
    later.clock.advance(10);
    expect(later.fail(6)).toEqual([undefined, undefined, undefined, undefined, undefined, 1_000]);
  });

  it('lets ten a minute go on for ever', () => {
    const { clock, fail } = stage();
    for (let minute = 0; minute < 100; minute++) {
      expect(fail(10)).toEqual(Array(10).fill(undefined));
      clock.advance(60);
    }
  });

  it('doubles the block with each further failure, up to a minute', () => {
    const { fail, failAfterEachBlock } = stage();
    fail(10);
    expect(failAfterEachBlock(9)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('does not lengthen a block for what was under way when it began', () => {
    const { clock, fail } = stage();
    fail(11);
    expect(fail(1_000)).toEqual(Array(1_000).fill(undefined));
    clock.advance(1);
    expect(fail(1)).toEqual([2_000]);
  });

  it('begins anew after fifteen minutes without a failure', () => {
    const { clock, fail, failAfterEachBlock } = stage();
    fail(10);
    failAfterEachBlock(5);
    clock.advance(14 * 60);
    expect(fail(1)).toEqual([32_000]);
    clock.advance(15 * 60 + 1);
    expect(fail(11)).toEqual([...Array(10).fill(undefined), 1_000]);
  });

  it('blocks nobody longer for a clock that was put back', () => {
    const { clock, attempts, fail } = stage();
    fail(11);
    clock.advance(-3_600);
    expect(attempts.blockOf(ATTACKER)).toBeUndefined();
    expect(fail(1)).toEqual([2_000]);
    expect(attempts.blockOf(ATTACKER)).toBeDefined();
  });

  it('counts each source for itself', () => {
    const { attempts, fail } = stage();
    fail(11);
    expect(attempts.blockOf('192.0.2.2')).toBeUndefined();
    expect(fail(1, '192.0.2.2')).toEqual([undefined]);
  });

  it('remembers at most 10,000 sources, and those that were blocked before those that failed a few times', () => {
    const { clock, attempts, fail } = stage();
    fail(11);
    for (let address = 0; address < 30_000; address++)
      attempts.record(`10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`);
    clock.advance(1);
    expect(fail(1)).toEqual([2_000]);
  });
});
