import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Place, RenewalLine } from './renewal-line.service.js';

describe('RenewalLine', () => {
  let line: RenewalLine;
  let running: Map<string, () => void>;
  let most: number;

  beforeEach(() => {
    line = new RenewalLine();
    running = new Map();
    most = 0;
  });

  /** Runs until `end` is called with its name. */
  function begin(name: string, place: Place): Promise<string> {
    return line.run(place, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(name, resolve);
      most = Math.max(most, running.size);
      await promise;
      running.delete(name);
      return name;
    });
  }
  const ahead = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => begin(`ahead-${from + index}`, { isUrgent: false }));
  const urgent = (count: number) =>
    Array.from({ length: count }, (_, index) => begin(`urgent-${index}`, { isUrgent: true }));
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const end = async (...names: string[]) => {
    for (const name of names) running.get(name)?.();
    await settled();
  };

  it('lets half as many go ahead of time as may run at once', async () => {
    ahead(100);
    await settled();
    expect([...running.keys()]).toEqual(Array.from({ length: 8 }, (_, index) => `ahead-${index}`));
    urgent(100);
    await settled();
    expect(running.size).toBe(16);
    expect([...running.keys()].slice(8)).toEqual(Array.from({ length: 8 }, (_, index) => `urgent-${index}`));
  });

  it('lets those go first that somebody waits for', async () => {
    ahead(10);
    urgent(10);
    await settled();
    await end('ahead-0', 'ahead-1', 'ahead-2');
    expect([...running.keys()].slice(-2)).toEqual(['urgent-8', 'urgent-9']);
    expect(running.has('ahead-8')).toBe(false);
  });

  it('moves one up for which somebody begins to wait', async () => {
    ahead(20);
    const place: Place = { isUrgent: false };
    const last = begin('wanted', place);
    await settled();
    expect(running.has('wanted')).toBe(false);
    line.hurry(place);
    await settled();
    expect(running.has('wanted')).toBe(true);
    await end('wanted');
    expect(await last).toBe('wanted');
  });

  it('comes to the end of any line, in order, never with more at once', async () => {
    const names = Promise.all([...ahead(40), ...urgent(40)]);
    const order: string[] = [];
    await settled();
    while (running.size > 0) {
      const [first = ''] = running.keys();
      order.push(first);
      await end(first);
    }
    expect(await names).toHaveLength(80);
    expect(most).toBe(16);
    expect(order.slice(8, 48)).toEqual(Array.from({ length: 40 }, (_, index) => `urgent-${index}`));
  });

  it('gives the turn on when a task fails', async () => {
    for (let turn = 0; turn < 40; turn++) {
      await expect(line.run({ isUrgent: false }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    expect(await line.run({ isUrgent: false }, async () => 'yes')).toBe('yes');
  });

  it('drops what waits and takes nothing new once it is closed', async () => {
    const turns = ahead(9);
    await settled();
    line.close();
    await expect(turns[8]).rejects.toThrow('shutting down');
    await expect(line.run({ isUrgent: true }, async () => 'never')).rejects.toThrow('shutting down');
    await end(...running.keys());
    expect(await Promise.all(turns.slice(0, 8))).toHaveLength(8);
  });
});
