import { describe, expect, it } from '@jest/globals';
import { FairQueue, type Waiting } from './fair-queue.js';

interface Named extends Waiting {
  name: string;
}

/** Those of `a1 a2 b1`: caller, then number; what they wait for is the same unless it is named after a colon, `a1:opus`. */
function queueOf(names: string) {
  const queue = new FairQueue<Named>();
  const all = new Map<string, Named>();
  for (const each of names.split(' ').filter(Boolean)) {
    const [name = '', kind = 'sonnet'] = each.split(':');
    const waiting = { name, caller: name.slice(0, 1), kind };
    all.set(name, waiting);
    queue.add(waiting);
  }
  return { queue, one: (name: string) => all.get(name) as Named };
}

const always = () => true;

/** Serves one after the other, as accounts get free. */
function servedInTurn({ queue }: ReturnType<typeof queueOf>): string {
  const served: string[] = [];
  while (queue.size > 0) {
    for (const next of queue.round(always)) {
      queue.served(next);
      served.push(next.name);
      break;
    }
  }
  return served.join(' ');
}

describe('FairQueue', () => {
  it.each([
    ['one caller’s as they came', 'a1 a2 a3', 'a1 a2 a3'],
    ['two callers’ in turn', 'a1 a2 a3 b1 b2', 'a1 b1 a2 b2 a3'],
    ['one who comes late before those who came first with many', 'a1 a2 a3 a4 a5 b1 c1', 'a1 b1 c1 a2 a3 a4 a5'],
    ['one caller’s different wishes in turn', 'a1 a2 a3:opus b1', 'a1 b1 a3 a2'],
  ])('serves %s', (_, names, order) => {
    expect(servedInTurn(queueOf(names))).toBe(order);
  });

  it('gives nobody a second turn by coming again before others had theirs', () => {
    const room = queueOf('a1 b1');
    room.queue.served(room.one('a1'));
    room.queue.add({ name: 'a2', caller: 'a', kind: 'sonnet' } as Named);
    expect(servedInTurn(room)).toBe('b1 a2');
  });

  it('looks for one of each kind where nothing is found, callers in turn', () => {
    const { queue } = queueOf('a1 a2:opus a3:haiku b1 b2:opus c1');
    const seen: string[] = [];
    const lookedFor = new Set<string>();
    for (const next of queue.round((kind) => !lookedFor.has(kind))) {
      lookedFor.add(next.kind);
      seen.push(next.name);
    }
    // c waits for what a1 looked for already.
    expect(seen).toEqual(['a1', 'b2', 'a3']);
  });

  it('goes on with all callers while there is something to find', () => {
    const { queue } = queueOf('a1 a2 b1 c1');
    const seen: string[] = [];
    for (const next of queue.round(always)) {
      queue.served(next);
      seen.push(next.name);
    }
    expect(seen).toEqual(['a1', 'b1', 'c1', 'a2']);
  });

  it('lets those next in turn look first, and a kind that was looked for last among a caller’s', () => {
    const { queue } = queueOf('a1 a2:opus');
    const first = () => {
      for (const { name } of queue.round(always)) return name;
      return undefined;
    };
    expect([first(), first(), first()]).toEqual(['a1', 'a2', 'a1']);
  });

  it('forgets who left, also in the middle of a round, and does not mind hearing it twice', () => {
    const { queue, one } = queueOf('a1 b1 c1');
    const seen: string[] = [];
    for (const next of queue.round(always)) {
      seen.push(next.name);
      queue.leave(next);
      queue.leave(one('b1'));
      queue.leave(one('b1'));
    }
    expect(seen).toEqual(['a1', 'c1']);
    expect(queue.size).toBe(0);
  });

  it('knows how many of each caller wait', () => {
    const { queue, one } = queueOf('a1 a2:opus b1');
    queue.served(one('a1'));
    expect([queue.size, queue.sizeOf('a'), queue.sizeOf('b'), queue.sizeOf('nobody')]).toEqual([2, 1, 1, 0]);
  });

  it.each([
    ['the last of whoever has most', 'a1 a2 a3 b1', 'c', 'a3'],
    ['the last of what he has most of', 'a1 a2 a3:opus', 'c', 'a2'],
    ['nobody for one who has as many with one more', 'a1 a2 b1', 'b', undefined],
    ['nobody for whoever has most himself', 'a1 a2 b1', 'a', undefined],
    ['nobody where everybody has one', 'a1 b1 c1', 'd', undefined],
  ])('where it is full, displaces %s', (_, names, caller, displaced) => {
    expect(queueOf(names).queue.displacedBy(caller)?.name).toBe(displaced);
  });

  it('takes callers and kinds of any name', () => {
    const queue = new FairQueue();
    const names = ['__proto__', 'constructor', ''];
    for (const name of names) queue.add({ caller: name, kind: name });
    const seen: string[] = [];
    for (const next of queue.round(always)) {
      queue.served(next);
      seen.push(next.caller);
    }
    expect(seen).toEqual(names);
  });

  it('costs the same at any length: a hundred thousand come, are served and leave', () => {
    const queue = new FairQueue<Waiting>();
    const all = Array.from({ length: 100_000 }, (_, index) => ({ caller: `${index % 10}`, kind: 'sonnet' }));
    for (const each of all) queue.add(each);
    let served = 0;
    for (const next of queue.round(always)) {
      queue.served(next);
      if (++served === 50_000) break;
    }
    for (const each of all) queue.leave(each);
    expect(queue.size).toBe(0);
  });
});
