import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { SignatureMakers } from './signature-makers.service.js';

/** Also lists what it was asked to keep. */
class WatchedStore extends MemoryStateStore {
  readonly seen: string[] = [];

  override remember(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.seen.push(key, value);
    return super.remember(key, value, ttlSeconds);
  }
}

function setUp() {
  const clock = new TestClock();
  const state = new WatchedStore(clock);
  return { clock, state, makers: new SignatureMakers(state) };
}

const one = { accountId: 'one', modelId: 'claude-sonnet-5' };
const two = { accountId: 'two', modelId: 'claude-sonnet-5' };
const otherModel = { accountId: 'one', modelId: 'claude-opus-5.5' };

describe('SignatureMakers', () => {
  it('knows of each signature which account made it, and by which model', async () => {
    const { makers } = setUp();
    await makers.remember('s1', one);
    await makers.remember('s2', two);
    await makers.remember('s3', otherModel);
    expect(await makers.madeBy(one, ['s1', 's2', 's3', 'unknown'])).toEqual(new Set(['s1']));
    expect(await makers.madeBy(two, ['s1', 's2', 's3', 'unknown'])).toEqual(new Set(['s2']));
    expect(await makers.madeBy(otherModel, ['s1', 's2', 's3', 'unknown'])).toEqual(new Set(['s3']));
    expect(await makers.madeBy(one, [])).toEqual(new Set());
  });

  it('keeps no signature, only what it hashes to', async () => {
    const { makers, state } = setUp();
    await makers.remember('a signature of thinking', one);
    expect(state.seen).toEqual([expect.stringMatching(/^signature:[\w-]{43}$/), 'one claude-sonnet-5']);
  });

  it('forgets after a day, and when it is told to', async () => {
    const { makers, clock } = setUp();
    await makers.remember('s1', one);
    await makers.remember('s2', one);
    await makers.forget(new Set(['s1']));
    expect(await makers.madeBy(one, ['s1', 's2'])).toEqual(new Set(['s2']));
    clock.advance(24 * 3600 + 1);
    expect(await makers.madeBy(one, ['s1', 's2'])).toEqual(new Set());
  });
});
