import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { eventually } from '../support/ask.js';
import { madeUpCredentials } from '../support/import-files.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

/** What took minutes, or a call stack, before there were limits; a slow machine does it in this time. */
const QUICK_MS = 5_000;
const BOUNDARY = 'b';

describe('hostile input to the admin API', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 1 });
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  const importing = (body: unknown) => call('POST', '/v2/accounts/import', { body });
  const lists = '['.repeat(100_000) + ']'.repeat(100_000);
  const objects = '{"a":'.repeat(40_000) + 1 + '}'.repeat(40_000);
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1])));

  describe.each([
    ['POST', '/v2/accounts'],
    ['PATCH', '/v2/accounts/one'],
    ['POST', '/v2/accounts/login'],
    ['POST', '/v2/api-keys'],
  ])('%s %s', (method, path) => {
    it.each([
      ['lists in lists', `{"label":${lists}}`, /nested more than 8 levels/],
      ['objects in objects', `{"label":${objects}}`, /nested more than 8 levels/],
      ['a hundred thousand fields', wide, /more than 1000 values/],
      ['a name of a megabyte', `{"${'x'.repeat(1e6)}":1}`, /a name of more than 100 characters/],
    ])('refuses %s at once, and in few words', async (_what, body, problem) => {
      const startedAt = performance.now();
      const answer = await call(method, path, { body });
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toMatch(problem);
      expect(JSON.stringify(answer.body).length).toBeLessThan(1_000);
      expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
    });
  });

  it.each([
    '2126-324T13:00:00Z',
    '2126-W47-5T13:00:00Z',
    '2126-11-20T13Z',
    '2126-11-20T13:00:00,5Z',
    '2126-11-20T13:00:60Z',
    '2126-02-31T13:00:00Z',
    '9999-12-31T23:59:59Z',
    '2126-11-20',
  ])('refuses %s as a time, and names the field', async (registrationExpiresAt) => {
    const body = { label: 'x', ...credentialsOf(simulator.addAccount()), registrationExpiresAt };
    const answer = await call('POST', '/v2/accounts', { body });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ field: 'registrationExpiresAt' }] });
  });

  it('wants a label that can be seen', async () => {
    const answer = await call('POST', '/v2/accounts', { body: { label: ' \u00a0', ...madeUpCredentials() } });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ field: 'label' }] });
  });

  describe('an import', () => {
    it.each<[string, unknown]>([
      ['of a token', [{ refreshToken: 'r', clientId: 'c', startUrl: `${'/'.repeat(300_000)}x` }]],
      [
        'of a registration',
        [
          { clientId: 'c', clientSecret: 's', region: 'us-east-1', startUrl: `${'#'.repeat(300_000)}x` },
          { refreshToken: 'r' },
        ],
      ],
    ])('looks once at a start URL of slashes %s', async (_what, body) => {
      const startedAt = performance.now();
      expect((await importing(body)).body).toMatchObject({ created: 0 });
      expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
    });

    it('counts empty lists in lists', async () => {
      expect((await importing([])).body).toEqual({ created: 0, updated: 0, skipped: 0, errors: [] });
      expect((await importing([[]])).body).toMatchObject({ errors: [{ index: 0, message: 'is not an object' }] });
      expect((await importing(`[${'[],'.repeat(300_000)}[]]`)).status).toBe(413);
    });

    it('takes no id that no path can name', async () => {
      const ids = ['.', '..', 'stats', 'Export', 'import', 'login', 'probe', 'a/b', ''.padEnd(65, 'x')];
      const { body } = await importing(ids.map((id) => ({ ...madeUpCredentials(), id })));
      expect(body.created).toBe(0);
      expect(body.errors).toHaveLength(ids.length);
      for (const { message } of body.errors) expect(message).toMatch(/^id must be/);
    });
  });

  describe('an upload', () => {
    const part = (disposition: string, content = '{}', header = '') =>
      `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\n${header}\r\n${content}\r\n`;
    const file = 'name="file"; filename="a.json"';
    const end = `--${BOUNDARY}--\r\n`;
    const upload = (body: string, contentType = `multipart/form-data; boundary=${BOUNDARY}`) =>
      call('POST', '/v2/accounts/import', { body, headers: { 'content-type': contentType } });

    it.each<[string, string]>([
      ['a nested name', part('name="file[0]"; filename="a.json"') + end],
      ['a name of prototypes', part('name="__proto__"; filename="a.json"') + end],
      ['a field that plays with prototypes', part('name="constructor[prototype][a]"') + end],
      ['text instead of a file', part('name="file"') + end],
      ['thousands of fields', part('name="a"').repeat(20_000) + end],
      ['a name of a megabyte', part(`name="${'x'.repeat(1e6)}"`) + end],
      ['a header of a megabyte', part(file, '{}', `x-a: ${'y'.repeat(1e6)}\r\n`) + end],
      ['thousands of headers', part(file, '{}', 'x-a: y\r\n'.repeat(5_000)) + end],
      ['no end', part(file)],
      ['an end in the middle of a header', `--${BOUNDARY}\r\ncontent-dis`],
      ['nothing', end],
      ['no multipart', '{"refreshToken":"planted"}'],
    ])('with %s is not valid, and says so', async (_what, body) => {
      const answer = await upload(body);
      expect([answer.status, answer.body.title]).toEqual([400, 'The request is not valid']);
      expect(answer.body.detail).toMatch(/multipart|parts? named 'file'/);
    });

    it.each([
      'multipart/form-data',
      'multipart/mixed; boundary=b',
      `multipart/form-data; boundary=${'b'.repeat(5_000)}`,
    ])('of type %.30s is not valid', async (contentType) => {
      expect((await upload(part(file) + end, contentType)).status).toBe(400);
    });

    it('of more files than an import takes is too large', async () => {
      expect((await upload(part(file).repeat(10_000) + end)).status).toBe(413);
    });

    it('that breaks off is the client’s mistake, and no error of ours', async () => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      const head = [
        'POST /v2/accounts/import HTTP/1.1',
        'host: gateway',
        `x-api-key: ${ADMIN_KEY}`,
        `content-type: multipart/form-data; boundary=${BOUNDARY}`,
        'content-length: 100000',
        'expect: 100-continue',
      ];
      const seen = gateway.logs.length;
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      await once(socket, 'data'); // 100: it waits for the body
      socket.write(part(file).slice(0, 80), () => socket.destroy());
      await eventually(() => gateway.logs.slice(seen).some(({ path }) => path === '/v2/accounts/import'));
      expect((await call('GET', '/v2/accounts')).status).toBe(200);
      expect(gateway.logs.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });
});
