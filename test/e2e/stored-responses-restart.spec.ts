import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { ASKED } from '../support/ask-responses.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { processEnvironment } from '../support/process-environment.js';
import { ADMIN_KEY, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn } from '../support/upstream-turns.js';

let simulator: Simulator;

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(() => simulator.close());

const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };

async function create(url: string, body: object) {
  const response = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...ASKED, ...body }),
  });
  const created = (await response.json()) as { id: string; output: { id: string }[] };
  return { status: response.status, created };
}

/** Makes a response in one life of the gateway, and uses it in the next. */
async function survives(before: string, restart: () => Promise<string>): Promise<void> {
  simulator.enqueue(stream(text('Hello Ann.'), goodEnd()));
  const { created } = await create(before, { input: 'I am Ann.' });
  const after = await restart();
  const retrieved = await fetch(`${after}/v1/responses/${created.id}`, { headers });
  expect(await retrieved.json()).toEqual(created);
  const chained = await create(after, { input: 'My name?', previous_response_id: created.id });
  expect([chained.status, lastUpstreamTurn(simulator).history]).toEqual([
    200,
    ['user: I am Ann.', 'assistant: Hello Ann.'],
  ]);
  const input = [
    { role: 'user', content: 'Who is there?' },
    { type: 'item_reference', id: created.output[0]?.id },
    { role: 'user', content: 'My name?' },
  ];
  expect((await create(after, { input })).status).toBe(200);
  expect(lastUpstreamTurn(simulator).history).toEqual(['user: Who is there?', 'assistant: Hello Ann.']);
}

describeOnEachDatabase('stored responses and a restart', (database) => {
  it('outlive the gateway that made them', async () => {
    const first = await startGateway(simulator, database().environment);
    let second: Awaited<ReturnType<typeof startGateway>> | undefined;
    await survives(first.url, async () => {
      await first.close();
      second = await startGateway(simulator, { accounts: 0, ...database().environment });
      return second.url;
    });
    await second?.close();
  });
});

/** The built service: what `npm start` runs. `npm test` builds first. */
const ENTRY = join(process.cwd(), 'dist/src/main.js');

describe('stored responses and a crash', () => {
  let folder: string;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amq-crash-'));
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    children.clear();
    await rm(folder, { recursive: true, force: true });
  });

  async function startProcess(environment: Record<string, string>): Promise<{ url: string; child: ChildProcess }> {
    const child = spawn(process.execPath, [ENTRY], {
      cwd: folder,
      env: { ...processEnvironment, PORT: '0', ADMIN_API_KEY: ADMIN_KEY, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.add(child);
    let printed = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        printed += chunk;
        const [, address] = /listens on (\S+)\s/.exec(printed) ?? [];
        if (address) resolve(address.replace('localhost', '127.0.0.1'));
      });
      child.once('exit', () => reject(new Error(`the service did not start: ${printed}`)));
    });
    return { url, child };
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  it('outlive a gateway that is killed as soon as its answer was there', async () => {
    const environment = gatewayEnvironment(simulator.url, [simulator.addAccount()]);
    const first = await startProcess(environment);
    await survives(first.url, async () => {
      await kill(first.child);
      return (await startProcess(environment)).url;
    });
  });
});
