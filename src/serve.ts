import { StopSignals } from './stop-signals.js';

/**
 * Runs the service until it is told to stop; the process ends then, with 0 where it was asked to, with 1 where it could
 * not start. Everything else is loaded after signals are heard: that takes most of a second.
 */
export async function serve(): Promise<void> {
  const signals = new StopSignals();
  try {
    const { startService } = await import('./start-service.js');
    // Nothing was touched yet.
    if (signals.isTold) process.exit(0);
    await startService(signals);
  } catch (error) {
    process.stderr.write(`amq-gateway did not start. ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
