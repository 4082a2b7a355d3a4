import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Recurring } from './recurring.js';

describe('Recurring', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('works again so long after the work ended, never twice at once', async () => {
    let runs = 0;
    let end = () => {};
    const recurring = new Recurring(1000, () => {
      runs++;
      return new Promise((resolve) => (end = resolve));
    });
    recurring.start();
    await jest.advanceTimersByTimeAsync(999);
    expect(runs).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(runs).toBe(1);
    end();
    await jest.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(2);
  });

  it('waits for what runs when it stops, and does not begin again', async () => {
    let runs = 0;
    let end = () => {};
    const recurring = new Recurring(1000, () => {
      runs++;
      return new Promise((resolve) => (end = resolve));
    });
    recurring.start();
    await jest.advanceTimersByTimeAsync(1000);
    let isStopped = false;
    const stopping = recurring.stop().then(() => (isStopped = true));
    await jest.advanceTimersByTimeAsync(500);
    expect(isStopped).toBe(false);
    end();
    await stopping;
    recurring.start();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(runs).toBe(1);
  });
});
