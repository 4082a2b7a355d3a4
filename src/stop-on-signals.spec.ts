import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import pino from 'pino';
import { Draining } from './platform/draining.js';
import { stopOnSignals } from './stop-on-signals.js';

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
});

/** What the process is told goes to these listeners only. */
function signalled(run: () => void): (signal: NodeJS.Signals) => void {
  const before = new Set(process.listeners('SIGTERM'));
  run();
  const added = process.listeners('SIGTERM').filter((listener) => !before.has(listener));
  for (const listener of added) process.off('SIGTERM', listener).off('SIGINT', listener);
  return (signal) => {
    for (const listener of added) listener(signal);
  };
}

it('lets a start come to its end before it is undone, and is not ready meanwhile', async () => {
  const draining = new Draining();
  const steps: string[] = [];
  const app = { get: () => draining, close: async () => void steps.push('closed') } as unknown as INestApplication;
  const starting = Promise.withResolvers<void>();
  const tell = signalled(() => stopOnSignals(app, 0, logger, starting.promise));
  tell('SIGTERM');
  expect(draining.isDraining).toBe(true);
  setTimeout(() => {
    steps.push('started');
    starting.resolve();
  }, 20);
  expect(await exited).toBe(0);
  expect(steps).toEqual(['started', 'closed']);
});

it('waits for no start when it is told so a second time', async () => {
  const draining = new Draining();
  const close = jest.fn(async () => undefined);
  const app = { get: () => draining, close } as unknown as INestApplication;
  const tell = signalled(() => stopOnSignals(app, 0, logger, new Promise(() => undefined)));
  tell('SIGTERM');
  draining.hurryUp();
  expect(await exited).toBe(0);
  expect(close).toHaveBeenCalledTimes(1);
});
