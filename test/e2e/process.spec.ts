import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { ServiceFolder } from '../support/service-process.js';
import { startGateway } from '../support/start-gateway.js';

let folder: ServiceFolder;

beforeEach(async () => {
  folder = await ServiceFolder.create();
});
afterEach(() => folder.remove());

const run = (environment?: Record<string, string>) => folder.run(environment);

const addressIn = (printed: string) => /listens on (\S+)\s/.exec(printed)?.[1]?.replace('localhost', '127.0.0.1') ?? '';

describe('the service as a process', () => {
  it('says which Node.js it wants where an older one runs it', async () => {
    const older = 'Object.defineProperty(process.versions,"node",{value:"22.11.0"})';
    const { exited, printed } = run({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(older)}` });
    expect(await exited).toBe(1);
    expect(printed()).toBe('amq-gateway runs on Node.js 24.15 or newer; this is 22.11.0\n');
  });

  it('starts with nothing set, prints the admin key once, says how to add an account, and stops on SIGTERM', async () => {
    const first = run();
    await first.saw('npm run demo');
    const key = /only this once: (\S+)/.exec(first.printed())?.[1] ?? '';
    expect(key).toMatch(/^amq_/);
    const keys = await fetch(`${addressIn(first.printed())}/v2/api-keys`, { headers: { 'x-api-key': key } });
    expect(keys.status).toBe(200);
    expect((await stat(join(folder.path, 'data/amq-gateway.db.key'))).mode & 0o777).toBe(0o600);
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    // The log is whole: its last lines are written at the exit.
    expect(first.printed()).toMatch(/"path":"\/v2\/api-keys".*"msg":"request"/);

    const second = run();
    await second.saw('npm run demo');
    expect(second.printed()).not.toContain('only this once');
    const again = await fetch(`${addressIn(second.printed())}/v2/api-keys`, { headers: { 'x-api-key': key } });
    expect(again.status).toBe(200);
    second.child.kill('SIGINT');
    expect(await second.exited).toBe(0);
  });

  it('prints both addresses when management has its own, serves both, and stops on SIGTERM', async () => {
    const service = run({ MANAGEMENT_PORT: '0' });
    await service.saw('npm run demo');
    const management = /management API listens on (\S+)/
      .exec(service.printed())?.[1]
      ?.replace('localhost', '127.0.0.1');
    expect((await fetch(`${management}/health/ready`)).status).toBe(200);
    expect((await fetch(`${management}/v1/models`)).status).toBe(404);
    const gateway = addressIn(service.printed());
    expect((await fetch(`${gateway}/health/ready`)).status).toBe(404);
    expect((await fetch(`${gateway}/v1/models`)).status).toBe(401);
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it('lists every wrong setting at once and does not start', async () => {
    const { printed, exited } = run({ PORT: 'eighty', LOG_LEVEL: 'loud', AMAZONQ_CLIENT_ID: 'only-one' });
    expect(await exited).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'AMAZONQ_REFRESH_TOKEN', 'AMAZONQ_CLIENT_SECRET'])
      expect(printed()).toContain(`${name}:`);
  });

  it('refuses a database that another key encrypted', async () => {
    const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
    const simulator = await Simulator.start();
    const DATABASE_PATH = join(folder.path, 'data/amq-gateway.db');
    await (await startGateway(simulator, { DATABASE_PATH, ENCRYPTION_KEY: key(1) })).close();
    await simulator.close();
    const second = run({ ENCRYPTION_KEY: key(2) });
    expect(await second.exited).toBe(1);
    expect(second.printed()).toContain('ENCRYPTION_KEY is not the key');
  });

  it('says plainly that its port is taken, and tells the first admin key even though the very first start fails', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const first = run({ PORT: String((blocker.address() as AddressInfo).port) });
    expect(await first.exited).toBe(1);
    blocker.close();
    expect(first.printed()).toMatch(/EADDRINUSE|in use/);
    const key = /only this once: (\S+)/.exec(first.printed())?.[1] ?? '';
    const second = run();
    await second.saw('npm run demo');
    const keys = await fetch(`${addressIn(second.printed())}/v2/api-keys`, { headers: { 'x-api-key': key } });
    expect(keys.status).toBe(200);
  });

  it('reads .env of its working directory', async () => {
    await writeFile(join(folder.path, '.env'), 'LOG_LEVEL=nonsense\n');
    const { printed, exited } = run();
    expect(await exited).toBe(1);
    expect(printed()).toContain('LOG_LEVEL:');
  });
});
