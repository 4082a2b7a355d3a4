import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import pino from 'pino';
import { createGateway } from '../../src/create-gateway.js';
import { listen } from '../../src/edges/listen.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';

const script = readFileSync(new URL('../../helm/amq-gateway/files/test-services.mjs', import.meta.url), 'utf8');

/** As the pod runs it. */
function runTest(gateway: string, management: string): Promise<{ status: number; output: string }> {
  const env = { PATH: process.env.PATH, GATEWAY_URL: gateway, MANAGEMENT_URL: management };
  return new Promise((resolve) => {
    const args = ['--input-type=module', '--eval', script];
    const child = execFile(process.execPath, args, { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

describe('what `helm test` runs', () => {
  let folder: string;
  let app: NestExpressApplication;
  let gateway: string;
  let management: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amq-helm-test-'));
    const configuration = readConfiguration({
      DATABASE_PATH: join(folder, 'gateway.db'),
      PORT: '0',
      MANAGEMENT_PORT: '0',
      HEALTH_CHECK_INTERVAL: '0',
    });
    app = await createGateway(configuration, pino({ level: 'silent' }));
    ({ gateway, management = '' } = await listen(app, configuration.settings));
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('is content with a gateway that is ready, without a single account', async () => {
    const { status, output } = await runTest(gateway, management);
    expect([status, output]).toEqual([0, expect.stringContaining(`${management}/health/ready: 200\n`)]);
  });

  it('fails where a Service leads to something else, and says which', async () => {
    const { status, output } = await runTest(management, gateway);
    expect([status, output]).toEqual([1, expect.stringContaining(`${gateway}/health/ready answered 404, not 200`)]);
  });

  it('fails where a Service leads nowhere', async () => {
    expect((await runTest(gateway, 'http://127.0.0.1:9')).status).toBe(1);
  });
});
