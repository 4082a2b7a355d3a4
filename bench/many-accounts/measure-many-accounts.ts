import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SimulatedAccount } from '../../simulator/account.js';
import { Simulator } from '../../simulator/simulator.js';
import { Child } from '../processes/child.js';
import { residentBytes } from '../processes/process-figures.js';
import { adminKey } from '../processes/start-proxy.js';
import { percentile } from '../report/percentile.js';

export interface ManyAccountsFigures {
  importSeconds: number;
  /** 95th percentile over pages of the list, 50 accounts each. */
  pageMilliseconds: number;
  /** A page of 200. */
  largePageMilliseconds: number;
  /** From the start of the process to the first 200 of /health/ready, with the accounts stored and their tokens valid. */
  readySeconds: number;
  /** From there until each account's models were asked for. */
  warmUpSeconds: number;
  /** Resident memory without an account, and with all of them, warmed up. */
  emptyMegabytes: number;
  megabytes: number;
}

interface Page {
  data: { id: string; models: string[] }[];
  nextCursor: string | null;
}

const warmUpLimitSeconds = 120;

/** Runs the built gateway as a process: empty, filled by one import, and started again. */
export async function measureManyAccounts(
  count: number,
  folder: string,
  tell: (step: string) => void,
): Promise<ManyAccountsFigures> {
  const simulator = await Simulator.start({ recordRequests: false });
  const accounts = Array.from({ length: count }, (_, index) => simulator.addAccount({ id: `account-${index}` }));
  try {
    tell('Starting without accounts');
    await using empty = await startGateway(folder, simulator.url);
    const emptyMegabytes = megabytesOf(empty);
    tell(`Importing ${count} accounts`);
    const importSeconds = await secondsOf(() => importAll(empty, accounts));
    tell('Renewing every token');
    await renewAll(empty, count);
    await empty[Symbol.asyncDispose]();

    tell('Starting with them');
    const startedAt = performance.now();
    await using full = await startGateway(folder, simulator.url);
    await ready(full);
    const readySeconds = seconds(startedAt);
    const warmUpSeconds = await secondsOf(() => modelsAsked(full));
    tell('Reading the list');
    const pages = await pageTimes(full, 50);
    const largePages = await pageTimes(full, 200);
    return {
      importSeconds: round(importSeconds),
      pageMilliseconds: round(percentile(pages, 0.95)),
      largePageMilliseconds: round(percentile(largePages, 0.95)),
      readySeconds: round(readySeconds),
      warmUpSeconds: round(warmUpSeconds),
      emptyMegabytes,
      megabytes: megabytesOf(full),
    };
  } finally {
    await simulator.close();
  }
}

function startGateway(folder: string, upstream: string): Promise<Child> {
  const { DATABASE_URL, ENCRYPTION_KEY } = process.env;
  return Child.start({
    args: ['--enable-source-maps', fileURLToPath(new URL('../../src/main.js', import.meta.url))],
    environment: {
      AMAZONQ_API_ENDPOINT: upstream,
      AMAZONQ_TOKEN_ENDPOINT: `${upstream}/token`,
      PORT: '0',
      ADMIN_API_KEY: adminKey,
      NODE_ENV: 'production',
      ...(DATABASE_URL && ENCRYPTION_KEY
        ? { DATABASE_URL, ENCRYPTION_KEY }
        : { DATABASE_PATH: join(folder, 'gateway.db') }),
    },
    folder,
    core: undefined,
    outputFile: join(folder, 'log.jsonl'),
  });
}

async function importAll(gateway: Child, accounts: readonly SimulatedAccount[]): Promise<void> {
  const entries = accounts.map(({ refreshToken, clientId, clientSecret }) => ({
    refreshToken,
    clientId,
    clientSecret,
    region: 'us-east-1',
  }));
  const answer = await ask<{ created: number }>(gateway, '/v2/accounts/import', entries);
  if (answer.created !== accounts.length)
    throw new Error(`the import answered ${JSON.stringify(answer).slice(0, 500)}`);
}

/** The gateway would take minutes for it, so as not to storm the token endpoint; here each account is asked for. */
async function renewAll(gateway: Child, count: number): Promise<void> {
  const ids = (await list(gateway, 200)).map(({ id }) => id);
  if (ids.length !== count) throw new Error(`the list has ${ids.length} accounts, not ${count}`);
  const waiting = ids.values();
  const work = async () => {
    for (const id of waiting) await ask(gateway, `/v2/accounts/${id}/refresh`, {});
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function modelsAsked(gateway: Child): Promise<void> {
  const known = async () => (await list(gateway, 200)).every(({ models }) => models.length > 0);
  await until(known, 'the models of all accounts');
}

async function list(gateway: Child, limit: number, times: number[] = []): Promise<Page['data']> {
  const listed: Page['data'] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const startedAt = performance.now();
    const page: Page = await ask(gateway, `/v2/accounts?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    times.push(performance.now() - startedAt);
    listed.push(...page.data);
    cursor = page.nextCursor;
  }
  return listed;
}

async function pageTimes(gateway: Child, limit: number): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) await list(gateway, limit, times);
  return times;
}

async function ready(gateway: Child): Promise<void> {
  await until(async () => (await fetch(urlOf(gateway, '/health/ready'))).ok, 'readiness');
}

async function ask<Answer>(gateway: Child, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(urlOf(gateway, path), {
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  return (await response.json()) as Answer;
}

function urlOf(gateway: Child, path: string): string {
  return `http://127.0.0.1:${gateway.port}${path}`;
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + warmUpLimitSeconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${warmUpLimitSeconds} s`);
    await delay(20);
  }
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return seconds(startedAt);
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

function megabytesOf(gateway: Child): number {
  return Math.round((residentBytes(gateway.pid) ?? Number.NaN) / 1024 ** 2);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
