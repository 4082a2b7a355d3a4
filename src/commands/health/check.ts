import { loadEnvFile } from '../../platform/config/load-env-file.js';
import { askHealth } from './ask-health.js';
import { probeAddress } from './probe-address.js';

// What the image's HEALTHCHECK runs: `amq-gateway health` without the command line, which doubles the time it takes.

/** Longer than the service waits for its database, shorter than the image's time limit. */
const TIMEOUT_MS = 4_000;

try {
  loadEnvFile();
  const health = await askHealth(probeAddress(process.env), 'ready', TIMEOUT_MS);
  process.stdout.write(`${health.says}\n`);
  process.exitCode = health.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
