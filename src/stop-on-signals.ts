import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import { Draining } from './platform/draining.js';

/** A start comes to its end before it is undone: what closes under it would make it fail. One that hangs does not. */
const LONGEST_START_MS = 5_000;
/** A terminal signals npm and this process, and npm hands it on: two within this time are one. */
const SAME_SIGNAL_MS = 500;

/**
 * On SIGTERM or SIGINT: not ready from that moment, served on for `delayMs`, then closed as what runs ends
 * (`LastRequests`), and the process ends with 0. A second one ends all waiting.
 * @param started settled when the application has started, or has not
 */
export function stopOnSignals(app: INestApplication, delayMs: number, logger: Logger, started: Promise<unknown>): void {
  const draining = app.get(Draining);
  let toldAt: number | undefined;

  const stop = async () => {
    draining.begin();
    await Promise.race([delay(delayMs), draining.hurried]);
    await Promise.race([Promise.allSettled([started]), delay(LONGEST_START_MS), draining.hurried]);
    await app.close();
    process.exit(0);
  };
  const told = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (toldAt === undefined) {
      toldAt = now;
      logger.info({ signal, delayMs }, `${signal}: not ready any more`);
      stop().catch((error: Error) => {
        logger.error({ err: error }, 'The service did not stop as it should');
        process.exit(1);
      });
    } else if (now - toldAt >= SAME_SIGNAL_MS) {
      logger.info({ signal }, `${signal} again: what still runs is cut off`);
      draining.hurryUp();
    }
  };
  process.on('SIGTERM', told).on('SIGINT', told);
}
