import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('lets so many run at once, the others in their order', async () => {
    const slots = new Slots(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const works = [0, 1, 2, 3].map((number) =>
      slots.run(async () => {
        begun.push(number);
        await new Promise<void>((resolve) => (ends[number] = resolve));
        return number;
      }),
    );
    const turn = () => new Promise(setImmediate);
    await turn();
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    await turn();
    ends[2]?.();
    ends[3]?.();
    expect(await Promise.all(works)).toEqual([0, 1, 2, 3]);
  });

  it('gives its place on after a failure', async () => {
    const slots = new Slots(1);
    await expect(slots.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await slots.run(async () => 'next')).toBe('next');
  });
});
