import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import type { Logger } from 'pino';
import { Draining } from './platform/draining.js';
import type { StopSignals } from './stop-signals.js';

/**
 * On SIGTERM or SIGINT: not ready from that moment, served on for `delayMs`, then closed as what runs ends
 * (`LastRequests`), and the process ends with 0. A second one ends all waiting.
 * @param started settled when the application has started, or has not; it comes to its end before it is undone, as what
 *   closes under it would make it fail. One that hangs is not waited for (`StopSignals.startGivenUp`)
 */
export function stopOnSignals(
  signals: StopSignals,
  app: INestApplication,
  delayMs: number,
  logger: Logger,
  started: Promise<unknown>,
): void {
  const draining = app.get(Draining);
  const settled = Promise.allSettled([started]);
  let wasReady = false;
  started.then(
    () => {
      wasReady = true;
    },
    () => undefined,
  );

  const stop = async () => {
    draining.begin();
    // Who was never ready has no load balancer to wait for.
    if (wasReady) await Promise.race([delay(delayMs), draining.hurried]);
    await Promise.race([settled, signals.startGivenUp]);
    await app.close();
    process.exit(0);
  };
  void signals.told.then((signal) => {
    logger.info({ signal, delayMs }, `${signal}: not ready any more`);
    stop().catch((error: Error) => {
      logger.error({ err: error }, 'The service did not stop as it should');
      process.exit(1);
    });
  });
  void signals.insisted.then((signal) => {
    logger.info({ signal }, `${signal} again: what still runs is cut off`);
    draining.hurryUp();
  });
}
