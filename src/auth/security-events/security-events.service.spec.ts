import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { fakeIntervals } from '../../../test/support/fake-intervals.js';
import type { AuditEvent } from '../../audit/audit-event.js';
import type { AuditLog } from '../../audit/audit-log.service.js';
import type { AuthFailure, SecurityEvent } from './security-event.js';
import { SecurityEvents } from './security-events.service.js';

const guess: SecurityEvent = { reason: 'unknown', address: '192.0.2.1' };

function stage() {
  const rows: AuditEvent[] = [];
  const state = { isAway: false, isHanging: false };
  const recordFirst = jest.fn(async (...events: readonly AuditEvent[]) => {
    if (state.isHanging) await new Promise(() => {});
    if (state.isAway) throw new Error('the database is away');
    rows.push(...events);
  });
  const events = new SecurityEvents({ recordFirst } as unknown as AuditLog);
  events.onModuleInit();
  const timesOf = () => rows.map(({ details }) => details?.times);
  const minute = async () => {
    jest.advanceTimersByTime(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { rows, state, events, recordFirst, timesOf, minute };
}

describe('SecurityEvents', () => {
  beforeEach(() => fakeIntervals());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('writes a row at once, and once a minute how many followed', async () => {
    const { rows, events, minute } = stage();
    for (let times = 0; times < 5; times++) events.refused(guess);
    expect(rows).toEqual([
      {
        actor: { name: 'unknown key', address: '192.0.2.1' },
        action: 'api-key.refuse',
        outcome: 'refused',
        details: { reason: 'unknown' },
      },
    ]);
    await minute();
    expect(rows.slice(1)).toMatchObject([{ details: { reason: 'unknown', times: 4 } }]);
    await minute();
    expect(rows).toHaveLength(2);
  });

  it('names the stored key, and a block its address and length', () => {
    const { rows, events } = stage();
    events.refused({ reason: 'expired', address: '192.0.2.1', keyId: '1' });
    events.addressBlocked('192.0.2.1', 4);
    expect(rows).toEqual([
      {
        actor: { name: 'expired key', keyId: '1', address: '192.0.2.1' },
        action: 'api-key.refuse',
        target: '1',
        outcome: 'refused',
        details: { reason: 'expired' },
      },
      {
        actor: { name: 'unknown key', address: '192.0.2.1' },
        action: 'address.block',
        target: '192.0.2.1',
        outcome: 'success',
        details: { reason: 'blocked', seconds: 4 },
      },
    ]);
  });

  it('writes what it could not when the database is back, all of it', async () => {
    const { state, events, minute, timesOf, rows } = stage();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    state.isAway = true;
    for (let times = 0; times < 3; times++) events.refused(guess);
    await minute();
    events.refused(guess);
    await minute();
    expect(rows).toEqual([]);
    state.isAway = false;
    await minute();
    expect(timesOf()).toEqual([4]);
    expect(warn.mock.calls).toEqual(Array(2).fill(['Security events were not written yet: the database is away']));
  });

  it('asks a database that hangs for a hundred rows, and no more in each minute that follows', async () => {
    const { state, events, minute, recordFirst } = stage();
    state.isHanging = true;
    for (let host = 0; host < 300; host++) events.refused({ ...guess, address: `10.0.${host >> 8}.${host & 255}` });
    await minute();
    await minute();
    expect(recordFirst).toHaveBeenCalledTimes(100);
  });

  it('writes what is left when the service stops', async () => {
    const { events, timesOf } = stage();
    for (let times = 0; times < 3; times++) events.refused(guess);
    await events.beforeApplicationShutdown();
    expect(timesOf()).toEqual([undefined, 2]);
  });

  it('tells each failure to who counts them, one without a key too', () => {
    const { events, rows } = stage();
    const counted: AuthFailure[] = [];
    events.countWith((reason) => counted.push(reason));
    events.turnedAway('missing');
    events.turnedAway('blocked');
    events.refused(guess);
    events.refused(guess);
    events.addressBlocked('192.0.2.1', 1);
    expect(counted).toEqual(['missing', 'blocked', 'unknown', 'unknown']);
    expect(rows).toHaveLength(2);
  });
});
