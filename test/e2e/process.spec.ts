import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnPostgres } from '../support/databases.js';
import { processEnvironment } from '../support/process-environment.js';

/** The built service as a process of its own: what `npm start` runs. `npm test` builds first. */
const ENTRY = join(process.cwd(), 'dist/src/main.js');

let directory: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amq-gateway-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await rm(directory, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  printed: () => string;
  /** Resolves once the text was printed, or the process ended. */
  saw(text: string): Promise<void>;
  exited: Promise<number | null>;
}

function run(environment: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [ENTRY], {
    cwd: directory,
    env: { ...processEnvironment, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let text = '';
  const onText = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk;
      for (const listener of onText) listener();
    });
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const saw = (wanted: string) =>
    Promise.race([
      exited.then(() => undefined),
      new Promise<void>((resolve) => {
        const check = () => text.includes(wanted) && resolve();
        onText.add(check);
        check();
      }),
    ]);
  return { child, printed: () => text, saw, exited };
}

const addressIn = (printed: string) => /listens on (\S+)\s/.exec(printed)?.[1]?.replace('localhost', '127.0.0.1') ?? '';

describe('the service as a process', () => {
  it('starts with nothing set, prints the admin key once, says how to add an account, and stops on SIGTERM', async () => {
    const first = run();
    await first.saw('npm run demo');
    const key = /only this once: (\S+)/.exec(first.printed())?.[1] ?? '';
    expect(key).toMatch(/^amq_/);
    const keys = await fetch(`${addressIn(first.printed())}/v2/api-keys`, { headers: { 'x-api-key': key } });
    expect(keys.status).toBe(200);
    expect((await stat(join(directory, 'data/amq-gateway.db.key'))).mode & 0o777).toBe(0o600);
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
    const first = run({ ENCRYPTION_KEY: key(1) });
    await first.saw('npm run demo');
    first.child.kill('SIGTERM');
    await first.exited;
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
    await writeFile(join(directory, '.env'), 'LOG_LEVEL=nonsense\n');
    const { printed, exited } = run();
    expect(await exited).toBe(1);
    expect(printed()).toContain('LOG_LEVEL:');
  });
});

describeOnPostgres('a database that hangs', (database) => {
  it('does not keep the service from stopping', async () => {
    const { DATABASE_URL = '', ...environment } = database().environment;
    const way = await wayTo(new URL(DATABASE_URL));
    const service = run({ ...environment, DATABASE_URL: way.url, SHUTDOWN_GRACE: '0' });
    await service.saw('npm run demo');
    // The accounts are read every few seconds.
    await way.block();
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    way.close();
  });
});

/** A way to a server on which nothing moves any more once it is blocked. */
async function wayTo(target: URL) {
  const sockets = new Set<Socket>();
  let isBlocked = false;
  let onBlocked: () => void = () => undefined;
  // Half open: what hangs does not answer a goodbye either.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(Number(target.port) || 5432, target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.on('data', (chunk) => {
        if (isBlocked) onBlocked();
        else to.write(chunk);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    /** Resolves once somebody asks in vain. */
    block: () => {
      isBlocked = true;
      return new Promise<void>((resolve) => {
        onBlocked = resolve;
      });
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
