import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readConfiguration } from '../platform/config/configuration.js';
import { LiveSettings } from './live-settings.service.js';
import type { LiveValues } from './live-values.js';

const open = (environment: Record<string, string> = {}) => new LiveSettings(readConfiguration(environment));

describe('LiveSettings', () => {
  it('are the environment’s at first', () => {
    const environment = {
      LOAD_BALANCE_STRATEGY: 'random',
      CIRCUIT_BREAKER_ENABLED: 'false',
      CIRCUIT_BREAKER_ERROR_THRESHOLD: '7',
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '60',
      SESSION_AFFINITY_TTL: '0',
      MAX_ATTEMPTS: '2',
      MODEL_ALIASES: '{"a":"b"}',
    };
    expect(open(environment).current).toEqual({
      strategy: 'random',
      breaker: { isEnabled: false, threshold: 7, recoveryMs: 60_000 },
      affinityTtl: 0,
      maxAttempts: 2,
      modelAliases: { a: 'b' },
      prices: {},
      logLevel: 'info',
    });
  });

  it('are what was changed, and the environment’s for the rest', () => {
    const settings = open({ MAX_ATTEMPTS: '2' });
    settings.use({ strategy: 'random', 'breaker.recoveryTimeout': 10 });
    expect(settings.current).toMatchObject({ strategy: 'random', maxAttempts: 2, breaker: { recoveryMs: 10_000 } });
    settings.use({ maxAttempts: 4 });
    expect(settings.current).toMatchObject({ strategy: 'weighted_round_robin', maxAttempts: 4 });
  });

  it('tell of each change, and are the same object until then', () => {
    const settings = open();
    const told: LiveValues[] = [];
    settings.onChange((values) => told.push(values));
    const first = settings.current;
    settings.use({ maxAttempts: 3, aliases: {} });
    expect(settings.current).toBe(first);
    settings.use({ maxAttempts: 4 });
    expect(told).toEqual([{ ...first, maxAttempts: 4 }]);
    expect(settings.current).toBe(told[0]);
  });

  it('tell everybody, whoever of them fails', () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const settings = open();
    const told: number[] = [];
    settings.onChange(() => {
      throw new Error('no');
    });
    settings.onChange(({ maxAttempts }) => told.push(maxAttempts));
    settings.use({ maxAttempts: 9 });
    expect(told).toEqual([9]);
    expect(error).toHaveBeenCalledTimes(1);
    error.mockRestore();
  });
});
