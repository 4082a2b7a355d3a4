import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Upstream } from '../upstream.js';
import { Child } from './child.js';

/** A key of the usual form: 32 random bytes in base64url have this length. */
export const adminKey = 'bench-admin-key-0123456789abcdefghijklmnopqrstuvwxyz';

export interface ProxyPlace {
  upstream: Upstream;
  /** Holds what the processes write; removed by whoever made it. */
  folder: string;
  core: number | undefined;
}

/** Starts the gateway as `npm start` does: authentication, accounting, metrics and logs are on. */
export function startGateway(
  { upstream, folder, core }: ProxyPlace,
  nodeOptions: readonly string[] = [],
): Promise<Child> {
  // A folder of its own, so that no .env file and no database of before is found.
  const ownFolder = mkdtempSync(join(folder, 'gateway-'));
  return Child.start({
    args: [...nodeOptions, '--enable-source-maps', fileURLToPath(new URL('../../src/main.js', import.meta.url))],
    environment: {
      ...upstream.gatewayEnvironment(),
      PORT: '0',
      ADMIN_API_KEY: adminKey,
      DATABASE_PATH: join(ownFolder, 'gateway.db'),
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      NODE_ENV: 'production',
    },
    folder: ownFolder,
    core,
    outputFile: join(ownFolder, 'log.jsonl'),
  });
}

export function startPassThrough({ upstream, folder, core }: ProxyPlace): Promise<Child> {
  return Child.start({
    args: [fileURLToPath(new URL('../pass-through.js', import.meta.url))],
    environment: { UPSTREAM: upstream.url, NODE_ENV: 'production' },
    folder,
    core,
    outputFile: join(folder, 'pass-through.log'),
  });
}
