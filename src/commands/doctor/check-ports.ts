import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Settings } from '../../platform/config/settings.js';
import { askHealth } from '../health/ask-health.js';
import { probeAddress } from '../health/probe-address.js';
import { type Finding, open, right, wrong } from './finding.js';

const TIMEOUT_MS = 2_000;

/** A gateway runs at the ports of the settings, or could. */
export async function* checkPorts(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): AsyncGenerator<Finding> {
  const { HOST, PORT, MANAGEMENT_HOST = HOST, MANAGEMENT_PORT } = settings;
  const isFixed = (MANAGEMENT_PORT ?? PORT) !== 0;
  const live = isFixed ? await askHealth(probeAddress(environment), 'live', TIMEOUT_MS) : undefined;
  if (live?.ok && live.says === 'alive') {
    const ready = await askHealth(probeAddress(environment), 'ready', TIMEOUT_MS);
    yield ready.ok
      ? right('service', `a gateway runs there (${new URL(live.url).origin}) and is ready`)
      : wrong('service', `a gateway runs there, and is not ready: ${ready.says}`, 'Its log says why');
    return;
  }
  yield await checkPort('port', HOST, PORT);
  if (MANAGEMENT_PORT !== undefined) yield await checkPort('management port', MANAGEMENT_HOST, MANAGEMENT_PORT);
}

async function checkPort(check: string, host: string, port: number): Promise<Finding> {
  if (port === 0) return open(check, 'any free one (0)');
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return right(check, `${port} is free; no gateway runs there now`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      return wrong(check, `${port} is taken by another program`, 'Stop that, or set another PORT');
    if (code === 'EACCES')
      return wrong(check, `${port} needs rights this user has not`, 'Ports below 1024 are for root');
    if (code === 'EADDRNOTAVAIL')
      return wrong(check, `${host} is no address of this machine`, 'HOST: 0.0.0.0 is all of them');
    return wrong(check, message);
  } finally {
    server.close();
  }
}
