import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import pino from 'pino';
import { Draining } from './platform/draining.js';
import { stopOnSignals } from './stop-on-signals.js';
import { StopSignals } from './stop-signals.js';

const logger = pino({ level: 'silent' });
let exited: Promise<unknown>;
let exit: jest.SpiedFunction<typeof process.exit>;

beforeEach(() => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  exited = promise;
  exit = jest.spyOn(process, 'exit').mockImplementation((code) => resolve(code) as never);
});
afterEach(() => {
  exit.mockRestore();
  jest.useRealTimers();
});

/** What the process is told goes to these signals only. */
function caughtSignals(): { signals: StopSignals; tell: (signal: NodeJS.Signals) => void } {
  const before = new Set(process.listeners('SIGTERM'));
  const signals = new StopSignals();
  const added = process.listeners('SIGTERM').filter((listener) => !before.has(listener));
  for (const listener of added) process.off('SIGTERM', listener).off('SIGINT', listener);
  return {
    signals,
    tell: (signal) => {
      for (const listener of added) listener(signal);
    },
  };
}

const appOf = (draining: Draining, close: () => Promise<void>) =>
  ({ get: () => draining, close }) as unknown as INestApplication;

it('lets a start come to its end before it is undone, and is not ready meanwhile', async () => {
  const draining = new Draining();
  const steps: string[] = [];
  const starting = Promise.withResolvers<void>();
  const { signals, tell } = caughtSignals();
  const app = appOf(draining, async () => void steps.push('closed'));
  stopOnSignals(signals, app, 0, logger, starting.promise);
  tell('SIGTERM');
  await signals.told;
  expect(draining.isDraining).toBe(true);
  setTimeout(() => {
    steps.push('started');
    starting.resolve();
  }, 20);
  expect(await exited).toBe(0);
  expect(steps).toEqual(['started', 'closed']);
});

it('does not serve on for a load balancer that has never heard of it', async () => {
  const { signals, tell } = caughtSignals();
  const close = jest.fn(async () => undefined);
  const starting = Promise.withResolvers<void>();
  tell('SIGTERM');
  stopOnSignals(signals, appOf(new Draining(), close), 3_600_000, logger, starting.promise);
  starting.resolve();
  expect(await exited).toBe(0);
  expect(close).toHaveBeenCalledTimes(1);
});

it('waits for no start when it is told so a second time', async () => {
  const { signals, tell } = caughtSignals();
  const close = jest.fn(async () => undefined);
  stopOnSignals(signals, appOf(new Draining(), close), 0, logger, new Promise(() => undefined));
  const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  tell('SIGTERM');
  now.mockReturnValue(1_499);
  tell('SIGINT');
  await signals.told;
  expect(close).not.toHaveBeenCalled();
  now.mockReturnValue(1_500);
  tell('SIGTERM');
  now.mockRestore();
  expect(await exited).toBe(0);
  expect(close).toHaveBeenCalledTimes(1);
});

it('ends a start that hangs before there is anything to close', async () => {
  jest.useFakeTimers();
  const { signals, tell } = caughtSignals();
  signals.endUnlessOver(new Promise(() => undefined));
  tell('SIGTERM');
  expect(signals.isTold).toBe(true);
  await jest.advanceTimersByTimeAsync(4_999);
  expect(exit).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(1);
  expect(await exited).toBe(0);
});

it('leaves a start alone that came to its end, well or not', async () => {
  jest.useFakeTimers();
  const { signals, tell } = caughtSignals();
  signals.endUnlessOver(Promise.resolve());
  signals.endUnlessOver(Promise.reject(new Error('no database')));
  await jest.advanceTimersByTimeAsync(0);
  tell('SIGTERM');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(exit).not.toHaveBeenCalled();
});
