import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { startChild, stopChild } from './children.mjs';

const START_TIMEOUT_MS = 30_000;
const ADMIN_KEY = 'admin-key-of-the-client-tests';

/**
 * The built gateway as a process of its own, on a free port of the loopback, with its own SQLite file.
 * @param {string} entry path of `dist/src/main.js`
 * @param {string} folder
 * @param {Record<string, string>} environment settings, the accounts among them
 */
export async function startGatewayProcess(entry, folder, environment) {
  const child = startChild(process.execPath, ['--enable-source-maps', entry], {
    // No `.env` of a developer there.
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_PATH: join(folder, 'gateway.db'),
      ADMIN_API_KEY: ADMIN_KEY,
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'debug',
      ...environment,
    },
  });
  const exited = once(child, 'exit');
  const log = text(child.stdout);
  try {
    const url = await listening(child);
    await ready(url);
    return new GatewayProcess(child, url, log, exited);
  } catch (error) {
    await stopChild(child);
    throw error;
  }
}

class GatewayProcess {
  constructor(child, url, log, exited) {
    this.child = child;
    this.url = url;
    this.log = log;
    this.exited = exited;
  }

  get adminKey() {
    return ADMIN_KEY;
  }

  /**
   * A key for inference alone, as an operator would hand one out.
   * @param {string} name
   * @param {Record<string, unknown>} [limits] such as `requestsPerMinute`
   */
  async createKey(name, limits = {}) {
    const response = await fetch(`${this.url}/v2/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...limits }),
    });
    if (!response.ok) throw new Error(`POST /v2/api-keys answered ${response.status}: ${await response.text()}`);
    return (await response.json()).key;
  }

  /** Every sample of `/metrics` by its name and labels, as they are written there. */
  async metrics() {
    const body = await (await fetch(`${this.url}/metrics`)).text();
    const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  }

  /** @returns its exit code and its log: complete only now, since it is written in blocks */
  async stop() {
    await stopChild(this.child, 40_000);
    const [exitCode] = await this.exited;
    const lines = (await this.log).split('\n').filter(Boolean);
    return { exitCode, log: lines.map((line) => JSON.parse(line)) };
  }
}

/** Resolves with the URL that it prints for people. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error(`the gateway does not listen:\n${printed}`)), START_TIMEOUT_MS);
    child.stderr.setEncoding('utf8').on('data', (piece) => {
      printed += piece;
      const port = /listens on http:\/\/\S+:(\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the gateway ended with ${code}:\n${printed}`));
    });
  });
}

async function ready(url) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    if (response.ok) return;
    if (Date.now() > deadline) throw new Error(`/health/ready answers ${response.status}: ${await response.text()}`);
    await wait(50);
  }
}
