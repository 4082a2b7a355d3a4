import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { SimulatedAccount } from '../../simulator/account.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { Simulator } from '../../simulator/simulator.js';
import { QUESTION } from '../support/ask.js';
import { ASKED } from '../support/ask-responses.js';
import { runEncryption } from '../support/key-rotation.js';
import { processEnvironment } from '../support/process-environment.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

// What a command records is a log line of the service; a process of its own keeps those to itself.
Logger.overrideLogger(false);

/** What `npm start` and `npm run encryption` run. `npm test` builds first. */
const SERVICE = join(process.cwd(), 'dist/src/main.js');
const COMMAND = join(process.cwd(), 'dist/src/commands/amq-gateway.js');

/** Between two requests of a line. As fast as can be, they would leave the command no processor. */
const PAUSE_MS = 30;

const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };

describe('a change of the key, by a process beside the service', () => {
  let folder: string;
  let simulator: Simulator;
  let account: SimulatedAccount;
  const children = new Set<ChildProcess>();
  const gateways = new Set<RunningGateway>();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amq-rotation-'));
    simulator = await Simulator.start({ tokenLifetime: 4 });
    account = simulator.addAccount();
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    children.clear();
    for (const gateway of gateways) await gateway.close();
    gateways.clear();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  function run(program: string, args: string[]) {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: {
        ...{ ...processEnvironment, PORT: '0', ADMIN_API_KEY: ADMIN_KEY },
        ...gatewayEnvironment(simulator.url, [account]),
      },
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
    const saw = (wanted: RegExp) =>
      Promise.race([
        exited,
        new Promise<void>((resolve) => {
          const check = () => wanted.test(text) && resolve();
          onText.add(check);
          check();
        }),
      ]);
    return { child, printed: () => text, exited, saw };
  }

  async function startService() {
    const service = run(SERVICE, []);
    await service.saw(/listens on (\S+)\s/);
    const url = /listens on (\S+)\s/.exec(service.printed())?.[1]?.replace('localhost', '127.0.0.1') ?? '';
    return { ...service, url };
  }

  /** The service again, beside the commands too, where it is not what is killed: without the start of a process. */
  async function startHere() {
    const gateway = await startGateway(simulator, {
      accounts: 0,
      DATABASE_PATH: join(folder, 'data/amq-gateway.db'),
      ...gatewayEnvironment(simulator.url, [account]),
    });
    gateways.add(gateway);
    return gateway;
  }

  async function stop(gateway: RunningGateway): Promise<void> {
    gateways.delete(gateway);
    await gateway.close();
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  const ask = (url: string, path: string, body: object) =>
    fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });

  it('lets not one request fail, and the service starts again with the new key', async () => {
    const service = await startService();
    const { id } = (await (await ask(service.url, '/v1/responses', ASKED)).json()) as { id: string };
    const statuses: number[] = [];
    let isOver = false;
    const lines = [0, 1, 2].map(async (line) => {
      for (; !isOver; await setTimeout(PAUSE_MS)) {
        const stored = { ...ASKED, previous_response_id: id };
        const response = await (line === 0
          ? ask(service.url, '/v1/responses', stored)
          : ask(service.url, '/v1/messages', QUESTION));
        statuses.push(response.status);
        await response.text();
      }
    });
    // More than the five seconds after which a service looks for keys.
    const command = run(COMMAND, ['encryption', 'rotate', '--wait', '7']);
    expect([await command.exited, command.printed()]).toEqual([0, expect.stringContaining('opens nothing any more')]);
    const during = statuses.length;
    const renewals = account.renewals;
    // Tokens live four seconds: at least one more is renewed by what runs on.
    while (account.renewals === renewals) await setTimeout(50);
    isOver = true;
    await Promise.all(lines);
    expect(during).toBeGreaterThan(20);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(service.printed()).toContain('from now on');

    await kill(service.child);
    const again = await startService();
    expect((await ask(again.url, '/v1/responses', { ...ASKED, previous_response_id: id })).status).toBe(200);
    expect((await ask(again.url, '/v1/messages', QUESTION)).status).toBe(200);
  }, 90_000);

  it.each([
    ['announced', /is announced/],
    ['written to its file', /has the new key/],
    ['taking over', /New values are encrypted/],
    ['settled', /Everything is encrypted/],
  ])(
    'that is killed when the key is %s is finished by the next one',
    async (_, line) => {
      const service = await startService();
      const { id } = (await (await ask(service.url, '/v1/responses', ASKED)).json()) as { id: string };
      const killed = run(COMMAND, ['encryption', 'rotate', '--wait', '0']);
      await killed.saw(line);
      await kill(killed.child);
      await kill(service.child);

      const next = await startHere();
      expect((await ask(next.url, '/v1/responses', { ...ASKED, previous_response_id: id })).status).toBe(200);
      expect((await ask(next.url, '/v1/messages', QUESTION)).status).toBe(200);
      // In this process: that it ends well as one of its own is seen above.
      const environment = { DATABASE_PATH: join(folder, 'data/amq-gateway.db') };
      const told = await runEncryption({ args: ['rotate', '--wait', '0'], environment });
      expect(told).toContain('Everything is encrypted');
      await stop(next);
      expect(existsSync(join(folder, 'data/amq-gateway.db.key.old'))).toBe(false);

      const last = await startHere();
      expect((await ask(last.url, '/v1/responses', { ...ASKED, previous_response_id: id })).status).toBe(200);
      expect((await ask(last.url, '/v1/messages', QUESTION)).status).toBe(200);
    },
    60_000,
  );
});
