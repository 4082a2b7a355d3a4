import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { SimulatedAccount } from '../../simulator/account.js';
import { failure } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { describeOnEachDatabase, type TestDatabase } from '../support/databases.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const PROMPT = 'planted prompt: the launch is on Tuesday';
const KEY_OF_ENDPOINT = 'sk-ant-planted-0123456789-abcdefghijkl';
const REFUSED_SECRET = 'planted-secret-that-is-refused-with-its-entry';
const WRONG_KEY = 'wrong-key-that-was-planted-000000000000000000';
/** How the simulator's tokens begin: those planted here, and every one that a renewal brings. */
const TOKEN_BEGINNINGS = ['aorSIMULATED', 'aoaSIMULATED'];
/** Of a text of any length, the base64 at one of the three places it may begin at, without its edges. */
const BASE64_EDGE = 4;

describeOnEachDatabase('secrets that are planted everywhere', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let account: SimulatedAccount;
  let seen: string[];

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    gateway = await startGateway(simulator, {
      ...database().environment,
      LOG_LEVEL: 'trace',
      ALLOW_PRIVATE_ENDPOINTS: 'true',
    });
    seen = [];
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
  });

  async function ask(method: string, path: string, body?: unknown, key = ADMIN_KEY): Promise<Record<string, unknown>> {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    seen.push(`${method} ${path} ${response.status}\n${[...response.headers].join('\n')}\n${text}`);
    return text.startsWith('{') && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  }

  const message = (key = ADMIN_KEY) =>
    ask(
      'POST',
      '/v1/messages',
      { model: 'claude-sonnet-4.5', max_tokens: 50, messages: [{ role: 'user', content: PROMPT }] },
      key,
    );

  /** Keys on all their ways, made, used, refused and changed. @returns them, each told in one answer, which is not kept */
  async function useKeys(): Promise<string[]> {
    /** The answer may have the key: it is the one that hands it out, or quotes to its sender what was sent. */
    const told = async (method: string, path: string, body?: unknown): Promise<Record<string, string>> => {
      const answer = (await ask(method, path, body)) as Record<string, string>;
      seen.pop();
      return answer;
    };
    const { id, key: first = '' } = await told('POST', '/v2/api-keys', { name: 'planted key', requestsPerMinute: 2 });
    await message(first);
    const { key: second = '' } = await told('POST', `/v2/api-keys/${id}/rotate`, {});
    await message(first);
    await message(second); // over its limit
    await ask('GET', '/v2/api-keys');
    await told('PATCH', `/v2/api-keys/${id}`, { allowedCidrs: [second], [second]: second, name: 7 });
    await ask('PATCH', `/v2/api-keys/${id}`, { allowedCidrs: ['203.0.113.0/24'] });
    await message(second); // from a wrong network
    await ask('PATCH', `/v2/api-keys/${id}`, { enabled: false });
    await message(second);
    await ask('GET', '/v2/accounts', undefined, second);
    await ask('DELETE', `/v2/api-keys/${id}`);
    await message(second);
    await told('GET', `/v2/api-keys/${second}`);
    await told('DELETE', `/v2/accounts/${second}`);
    await told('POST', `/v1/${second}`, {});
    expect([first, second]).toEqual(Array(2).fill(expect.stringMatching(/^amq_/)));
    expect(seen.filter((answer) => / (401|403|429)\n/.test(answer)).length).toBeGreaterThan(5);
    return [first, second];
  }

  it('are in no answer, log line, metric, audit row, nor in plain in the database', async () => {
    const { refreshToken, clientId, clientSecret } = account;
    const credentials = { refreshToken, clientId, clientSecret };
    const created = await ask('POST', '/v2/accounts', { label: 'planted', ...credentials });
    const path = `/v2/accounts/${created.id}`;
    const endpoint = { label: 'endpoint', provider: 'anthropic', baseUrl: simulator.url, apiKey: KEY_OF_ENDPOINT };
    await ask('POST', '/v2/accounts', endpoint);

    // Every route, and what goes wrong with secrets in it.
    for (const each of ['', '?status=active', '/stats', '/export', '/export?includeSecrets=nonsense', '/nobody']) {
      await ask('GET', `/v2/accounts${each}`);
    }
    for (const each of ['/admin/accounts', `/admin/accounts/${created.id}`, '/accounts/stats', '/metrics', '/health']) {
      await ask('GET', each);
    }
    for (const action of ['refresh', 'probe', 'disable', 'enable', 'reset']) await ask('POST', `${path}/${action}`);
    await ask('GET', '/health?probe=true');
    await ask('POST', '/v2/accounts/probe');
    await ask('POST', '/v2/accounts', {
      label: '',
      clientSecret: REFUSED_SECRET,
      refreshToken: 7,
      nonsense: REFUSED_SECRET,
    });
    await ask('PATCH', path, { clientSecret: REFUSED_SECRET });
    await ask('PATCH', path, { label: 'renamed', weight: 3 });
    await ask('POST', '/v2/accounts/import', [
      { ...credentials, region: 'us-east-1' },
      { refreshToken: REFUSED_SECRET, clientId: REFUSED_SECRET },
      REFUSED_SECRET,
      { refreshToken: `aor${REFUSED_SECRET}...`, clientId, clientSecret: REFUSED_SECRET },
    ]);
    await ask('POST', '/v2/accounts/import', `not an object ${REFUSED_SECRET}`);
    const login = await ask('POST', '/v2/accounts/login', { label: 'signing in' });
    await ask('GET', `/v2/accounts/login/${login.loginId}`);
    await message();
    // The service's own words about what it was sent.
    simulator.enqueue(failure(403, 'AccessDeniedException', 'The bearer token included in the request is invalid.'));
    await message();
    const echo = (said: string) => ({ kind: 'error' as const, error: 'invalid_grant', description: said });
    account.refreshFailure = echo(`Invalid token ${account.refreshToken} of ${clientSecret} for ${clientId}`);
    await ask('POST', `${path}/refresh`);
    await message();
    await ask('GET', path);
    await message(`amq_${WRONG_KEY}`);
    await ask('DELETE', `/v2/accounts/login/${login.loginId}`);
    const keys = await useKeys();
    await ask('GET', '/v2/audit?limit=200');
    await ask('GET', '/metrics');

    expect([created.id, login.loginId]).toEqual([expect.any(String), expect.any(String)]);
    expect(seen.filter((answer) => / 500\n/.test(answer))).toEqual([]);
    expect(gateway.logs.length).toBeGreaterThan(30);
    const audited: unknown[] = await gateway.app.get(DataSource).query('SELECT * FROM audit_events');
    expect(audited.length).toBeGreaterThan(8);
    const secrets = [...TOKEN_BEGINNINGS, clientSecret, KEY_OF_ENDPOINT, REFUSED_SECRET, ADMIN_KEY, WRONG_KEY, ...keys];
    // The simulator's answers quote the prompt: nobody else may.
    const told = {
      answers: seen,
      logs: gateway.logs.map((line) => JSON.stringify(line)),
      audited: [JSON.stringify(audited)],
    };
    for (const [where, texts] of Object.entries(told)) {
      for (const secret of [...secrets, ...(where === 'answers' ? [] : [PROMPT])])
        expect({ where, secret, in: texts.filter(holds(secret)) }).toEqual({ where, secret, in: [] });
    }
    const stored = await storedBytes(database(), gateway);
    expect(stored).toContain('planted'); // the label: the search would find what is there
    for (const secret of [...secrets, PROMPT])
      expect({ secret, stored: holds(secret)(stored) }).toEqual({ secret, stored: false });
  });
});

/** Whether a text has it, as it is, in hexadecimal, in base64 (at any offset) or escaped for a URL. */
function holds(secret: string): (text: string) => boolean {
  const bytes = Buffer.from(secret);
  const forms = [secret, bytes.toString('hex'), encodeURIComponent(secret)];
  for (const shift of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const middle = padded.slice(BASE64_EDGE, -BASE64_EDGE);
    if (middle.length >= 8) forms.push(middle, middle.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return (text) => forms.some((form) => text.includes(form));
}

/** All that the database keeps: the bytes of its files, or every row of every table. */
async function storedBytes(database: TestDatabase, gateway: RunningGateway): Promise<string> {
  if (database.kind === 'sqlite') {
    const folder = dirname(database.path);
    const files = (await readdir(folder)).filter((name) => name.startsWith('gateway.db') && !name.includes('.key'));
    expect(files.length).toBeGreaterThan(1); // the write-ahead log beside it
    const contents = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
    return contents.join('\n');
  }
  const dataSource = gateway.app.get(DataSource);
  const tables: { name: string }[] = await dataSource.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()',
  );
  const rows = await Promise.all(tables.map(({ name }) => dataSource.query(`SELECT * FROM ${name}`)));
  return JSON.stringify(rows);
}
