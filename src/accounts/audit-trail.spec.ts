import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { AuditLog } from '../audit/audit-log.service.js';
import { AuditTrail } from './audit-trail.service.js';

Logger.overrideLogger(false);

describe('AuditTrail', () => {
  const written = Promise.withResolvers<void>();
  const record = jest.fn(() => written.promise);
  const trail = new AuditTrail({ record } as unknown as AuditLog);
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is waited for when the service stops, and not for ever', async () => {
    jest.useFakeTimers();
    trail.note('one', 'account.status', { from: 'active', to: 'needs_login' });
    const stopped = jest.fn();
    const first = trail.onApplicationShutdown().then(stopped);
    await jest.advanceTimersByTimeAsync(1_900);
    expect(stopped).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(200);
    await first;

    const second = trail.onApplicationShutdown();
    written.resolve();
    await second;
    expect(jest.getTimerCount()).toBe(0);
  });
});
