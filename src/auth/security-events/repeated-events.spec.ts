import { describe, expect, it } from '@jest/globals';
import { RepeatedEvents } from './repeated-events.js';
import type { SecurityEvent } from './security-event.js';

const unknown = (address: string): SecurityEvent => ({ reason: 'unknown', address });

describe('RepeatedEvents', () => {
  it('calls the first of its kind new, and counts those that follow', () => {
    const repeated = new RepeatedEvents();
    expect([1, 2, 3].map(() => repeated.isFirst(unknown('192.0.2.1')))).toEqual([true, false, false]);
    expect(repeated.take()).toEqual([{ event: unknown('192.0.2.1'), times: 2 }]);
  });

  it.each<[string, SecurityEvent]>([
    ['reason', { reason: 'expired', address: '192.0.2.1', keyId: '1' }],
    ['address', { reason: 'disabled', address: '192.0.2.2', keyId: '1' }],
    ['key', { reason: 'disabled', address: '192.0.2.1', keyId: '2' }],
  ])('tells kinds apart by %s', (_what, other) => {
    const repeated = new RepeatedEvents();
    expect(repeated.isFirst({ reason: 'disabled', address: '192.0.2.1', keyId: '1' })).toBe(true);
    expect(repeated.isFirst(other)).toBe(true);
  });

  it('goes on counting a kind that goes on, and forgets one that stopped', () => {
    const repeated = new RepeatedEvents();
    repeated.isFirst(unknown('192.0.2.1'));
    repeated.isFirst(unknown('192.0.2.1'));
    repeated.take();
    expect(repeated.isFirst(unknown('192.0.2.1'))).toBe(false);
    repeated.take();
    expect(repeated.take()).toEqual([]);
    expect(repeated.isFirst(unknown('192.0.2.1'))).toBe(true);
  });

  it('knows a thousand kinds at once, and sums the rest by reason', () => {
    const repeated = new RepeatedEvents();
    const first = Array.from({ length: 1_500 }, (_, host) =>
      repeated.isFirst(unknown(`10.0.${host >> 8}.${host & 255}`)),
    );
    expect(first.filter(Boolean)).toHaveLength(1_000);
    expect(repeated.isFirst({ reason: 'expired', address: '192.0.2.1', keyId: '1' })).toBe(false);
    expect(repeated.take()).toEqual([
      { event: { reason: 'unknown' }, times: 500 },
      { event: { reason: 'expired' }, times: 1 },
    ]);
  });

  it('counts again what could not be written, whatever it was', () => {
    const repeated = new RepeatedEvents();
    repeated.putBack({ event: unknown('192.0.2.1'), times: 3 });
    repeated.isFirst(unknown('192.0.2.1'));
    repeated.putBack({ event: { reason: 'expired' }, times: 5 });
    repeated.putBack({ event: { reason: 'expired' }, times: 2 });
    expect(repeated.take()).toEqual([
      { event: { reason: 'expired' }, times: 7 },
      { event: unknown('192.0.2.1'), times: 4 },
    ]);
  });
});
