import { describe, expect, it } from '@jest/globals';
import { type Running, RunningList } from './running-list.js';

const member = (): Running => ({ place: -1 });

describe('RunningList', () => {
  it('knows what runs, whatever the order of leaving', () => {
    const list = new RunningList();
    const [first, second, third] = [member(), member(), member()];
    for (const each of [first, second, third]) list.add(each);
    expect(list.remove(first)).toBe(true);
    expect(list.remove(third)).toBe(true);
    expect([...list]).toEqual([second]);
    expect(list.remove(second)).toBe(true);
    expect(list.size).toBe(0);
  });

  it('lets one leave once', () => {
    const list = new RunningList();
    const [staying, leaving] = [member(), member()];
    list.add(leaving);
    list.add(staying);
    expect(list.remove(leaving)).toBe(true);
    expect(list.remove(leaving)).toBe(false);
    expect(list.remove(member())).toBe(false);
    expect(list.size).toBe(1);
  });

  it('goes through all of them, though each leaves on the way', () => {
    const list = new RunningList();
    for (let number = 0; number < 5; number++) list.add(member());
    let passed = 0;
    for (const each of list) {
      passed += 1;
      list.remove(each);
    }
    expect([passed, list.size]).toEqual([5, 0]);
  });
});
