import { connect } from 'node:net';
import { describe, it } from '@jest/globals';

/** Servers that only some machines have, and the variable that says where. */
const VARIABLES = { postgres: 'TEST_DATABASE_URL', redis: 'TEST_REDIS_URL' } as const;
export type Service = keyof typeof VARIABLES;

const DEFAULT_PORTS: Record<Service, number> = { postgres: 5432, redis: 6379 };
const CONNECT_TIMEOUT_MS = 2_000;
/** As many as a server has unless told otherwise: accounts of one name in files that run at the same time are not the same. */
const REDIS_DATABASES = 16;

const answering = Object.fromEntries(
  await Promise.all(
    (Object.keys(VARIABLES) as Service[]).map(async (service) => [service, await answeringUrl(service)] as const),
  ),
) as Record<Service, string | undefined>;

/** Where the service answers; undefined when its suites are to be skipped. */
export function serviceUrl(service: Service): string | undefined {
  return answering[service];
}

/**
 * A `describe` whose block runs when the service answers. When it does not, the suite is named as skipped; under
 * `CI=true` it fails instead, so that nobody's server goes missing unnoticed (contract §1).
 */
export function describeWith(service: Service, name: string, block: (url: string) => void): void {
  const url = answering[service];
  if (url !== undefined) {
    describe(name, () => block(url));
    return;
  }
  const reason = `${VARIABLES[service]} does not answer`;
  if (process.env.CI === 'true') {
    describe(name, () => {
      it(`has ${service}`, () => {
        throw new Error(reason);
      });
    });
    return;
  }
  describe.skip(`${name} (skipped: ${reason})`, () => {
    block('');
  });
}

async function answeringUrl(service: Service): Promise<string | undefined> {
  const text = process.env[VARIABLES[service]];
  if (!text) return undefined;
  const url = new URL(text);
  if (service === 'redis' && url.pathname.length <= 1)
    url.pathname = `/${Number(process.env.JEST_WORKER_ID ?? 0) % REDIS_DATABASES}`;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(Number(url.port) || DEFAULT_PORTS[service], url.hostname);
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => resolve(false));
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  const answers = await promise;
  socket.destroy();
  return answers ? url.href : undefined;
}
