import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { Metrics } from '../../metrics/metrics.service.js';
import type { Account } from '../account.js';
import type { AccountDirectory } from '../account-directory.service.js';
import { RegistrationWatch } from './registration-watch.service.js';

const DAY = 24 * 3_600;
const METRIC = 'amq_gateway_client_registration_expires_timestamp_seconds';

describe('RegistrationWatch', () => {
  let clock: TestClock;
  let metrics: Metrics;
  let reload: (fields: Partial<Account> | undefined) => void;
  let warned: string[];

  beforeEach(() => {
    clock = new TestClock();
    metrics = new Metrics();
    warned = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(({ msg }: { msg: string }) => {
      warned.push(msg);
    });
    const onReload = (listener: (accounts: ReadonlyMap<string, Partial<Account>>) => void) => {
      reload = (fields) => listener(new Map(fields ? [['one', { id: 'one', enabled: true, ...fields }]] : []));
    };
    new RegistrationWatch({ onReload } as unknown as AccountDirectory, metrics, clock);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const inDays = (days: number) => ({ registrationExpiresAt: new Date(clock.now() + days * DAY * 1000) });
  const shown = async () => (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(METRIC));

  it('warns once a day from a week before, and after the end', () => {
    const fields = inDays(8);
    const days: number[] = [];
    for (let day = 0; day < 10; day++) {
      for (let reading = 0; reading < 4; reading++) {
        reload(fields);
        clock.advance(DAY / 4);
      }
      days.push(warned.length);
    }
    expect(days).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(warned[0]).toBe(
      "The client registration of account one ends on 2026-11-28T12:00:00.000Z: sign in again before, its token can't be renewed after that",
    );
    expect(warned.at(-1)).toContain('ended on 2026-11-28T12:00:00.000Z: sign in again,');
  });

  it('says nothing of an account that is turned off, or whose registration has no known end', () => {
    reload({ ...inDays(1), enabled: false });
    reload({});
    expect(warned).toEqual([]);
  });

  it('shows the end as a metric, as long as there is one', async () => {
    const { registrationExpiresAt } = inDays(30);
    reload({ registrationExpiresAt });
    expect(await shown()).toEqual([`${METRIC}{account_id="one"} ${registrationExpiresAt.getTime() / 1000}`]);
    reload({});
    expect(await shown()).toEqual([]);
    reload({ registrationExpiresAt });
    reload(undefined);
    expect(await shown()).toEqual([]);
  });
});
