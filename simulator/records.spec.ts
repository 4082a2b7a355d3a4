import { describe, expect, it } from '@jest/globals';
import { type RecordedRequest, Records } from './records.js';

const record = (path: string) => ({ path }) as RecordedRequest;

describe('records', () => {
  it('keep the newest 10,000', () => {
    const records = new Records();
    for (let index = 0; index < 10_003; index += 1) {
      records.add(record(String(index)), 10);
    }

    expect(records.list).toHaveLength(10_000);
    expect(records.list[0]?.path).toBe('3');
    expect(records.list.at(-1)?.path).toBe('10002');
  });

  it('keep no more bodies than fit, but always the newest', () => {
    const records = new Records();
    for (const path of ['a', 'b', 'c']) {
      records.add(record(path), 150 * 1024 * 1024);
    }

    expect(records.list.map(({ path }) => path)).toEqual(['c']);
    records.clear();
    expect(records.list).toEqual([]);
  });
});
