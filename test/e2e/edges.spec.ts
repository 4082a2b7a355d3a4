import { once } from 'node:events';
import { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { memoryInUse } from '../support/memory-in-use.js';
import { open, parse, sendBytes } from '../support/raw-http.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const KEY = `x-api-key: ${ADMIN_KEY}`;
/** Bytes of a request; a last line `connection: close` unless `lines` say otherwise. */
const head = (line: string, ...lines: string[]) =>
  [line, 'host: gateway', ...lines, 'connection: close', '', ''].join('\r\n');
const ask = async (bytes: string) => parse(await sendBytes(gateway.url, bytes));
const json = (body: Buffer) => JSON.parse(body.toString());

const ANTHROPIC = { type: 'error', error: { type: expect.any(String), message: expect.any(String) } };
const OPENAI = { error: { message: expect.any(String), type: expect.any(String), code: expect.any(String) } };
const PROBLEM = { type: expect.stringMatching(/^urn:/), title: expect.any(String), requestId: expect.any(String) };

interface Protocol {
  path: string;
  /** Of its errors. */
  form: object;
  type: string;
  idHeader: string;
}

const JSON_TYPE = 'application/json';
const PROTOCOLS: Protocol[] = [
  { path: '/v1/messages', form: ANTHROPIC, type: JSON_TYPE, idHeader: 'request-id' },
  { path: '/v1/chat/completions', form: OPENAI, type: JSON_TYPE, idHeader: 'x-request-id' },
  { path: '/v1/responses', form: OPENAI, type: JSON_TYPE, idHeader: 'x-request-id' },
  { path: '/v2/accounts', form: PROBLEM, type: 'application/problem+json', idHeader: 'x-request-id' },
];

describe('a request whose head is too large', () => {
  const faults = {
    'has one long header': [`x-long: ${'x'.repeat(20_000)}`],
    'has more headers than anybody needs': Array.from({ length: 120 }, (_, index) => `x-${index}: 1`),
    'is longer than is read at all': [`x-long: ${'x'.repeat(50_000)}`],
  };
  const cases = PROTOCOLS.flatMap((protocol) =>
    Object.entries(faults).map(([fault, lines]) => ({ ...protocol, fault, lines })),
  );

  it.each(cases)(
    'and asks $path is told so in its form when it $fault',
    async ({ path, lines, form, type, idHeader }) => {
      const answer = await ask(head(`POST ${path} HTTP/1.1`, ...lines));
      expect(answer.status).toBe(431);
      expect(answer.headers.get('content-type')).toBe(type);
      expect(answer.headers.get(idHeader)).toMatch(/^req_[0-9a-f]{32}$/);
      expect(answer.headers.get('connection')).toBe('close');
      expect(json(answer.body)).toMatchObject(form);
    },
  );

  it('is answered when it comes in many packets, and its connection is closed', async () => {
    const socket = await open(gateway.url);
    socket.setNoDelay(true);
    socket.write(`POST /v1/messages HTTP/1.1\r\nhost: gateway\r\nx-long: ${'x'.repeat(10_000)}`);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
    const closed = closeOf(socket);
    const timer = setInterval(() => socket.write('x'.repeat(4_000)), 1);
    await closed;
    clearInterval(timer);
    expect(parse(Buffer.concat(chunks)).status).toBe(431);
  });

  it('stands in the log like any other', async () => {
    await ask(head('POST /v1/messages HTTP/1.1', `x-long: ${'x'.repeat(50_000)}`));
    await eventually(() =>
      gateway.logs.some(({ msg, status, reason }) => msg === 'request' && status === 431 && reason !== undefined),
    );
  });

  it('with as many headers as it may have is served', async () => {
    const lines = Array.from({ length: 90 }, (_, index) => `x-${index}: ${'y'.repeat(100)}`);
    expect((await ask(head('GET /v1/models HTTP/1.1', KEY, ...lines))).status).toBe(200);
  });
});

describe('what is no request', () => {
  it.each<[string, string, number, object]>([
    ['no HTTP', 'hello\r\n\r\n', 400, OPENAI],
    ['TLS', '\x16\x03\x01\x02\x00\x01', 400, OPENAI],
    ['an unknown method', head('FETCH /v1/messages HTTP/1.1'), 400, ANTHROPIC],
    ['a wrong version', head('GET /v2/accounts HTTP/9.1'), 400, PROBLEM],
    ['a header without a name', head('GET /v2/accounts HTTP/1.1', ': x'), 400, PROBLEM],
    [
      'a header of an Anthropic client',
      head('GET /v1/models HTTP/1.1', 'anthropic-version: 2023-06-01', ' x'),
      400,
      ANTHROPIC,
    ],
    ['two lengths', head('POST /v1/messages HTTP/1.1', 'content-length: 5', 'content-length: 6'), 400, ANTHROPIC],
    [
      'a length and chunks',
      `${head('POST /v1/messages HTTP/1.1', 'content-length: 5', 'transfer-encoding: chunked')}0\r\n\r\n`,
      400,
      ANTHROPIC,
    ],
    ['a header broken by a bare newline', head('POST /v1/messages HTTP/1.1', 'x: 1\nx-api-key: 2\r'), 400, ANTHROPIC],
    ['a request for a tunnel', head('CONNECT example.com:443 HTTP/1.1'), 405, OPENAI],
    ['no host', 'POST /v1/messages HTTP/1.1\r\nconnection: close\r\n\r\n', 400, ANTHROPIC],
    ['two hosts', head('POST /v1/messages HTTP/1.1', 'Host: other'), 400, ANTHROPIC],
    [
      'a body of broken chunks',
      `${head('POST /v1/messages HTTP/1.1', KEY, 'transfer-encoding: chunked')}no number\r\n`,
      400,
      ANTHROPIC,
    ],
  ])('%s is answered and its connection closed', async (_what, bytes, status, form) => {
    const answer = await ask(bytes);
    expect(answer).toMatchObject({ status, isWhole: true });
    expect(json(answer.body)).toMatchObject(form);
    expect(answer.headers.get('connection')).toBe('close');
    expect(answer.headers.get('content-type')).toMatch(/^application\/(problem\+)?json$/);
  });

  it('is never answered in the place of a request before it', async () => {
    const request = head('POST /v1/messages HTTP/1.1', KEY, `content-length: ${JSON.stringify(QUESTION).length}`);
    const bytes = request.replace('connection: close\r\n', '') + JSON.stringify(QUESTION);
    expect(await sendBytes(gateway.url, `${bytes}nonsense\r\n\r\n`)).toHaveLength(0);
  });

  it('takes nothing from those who come after', async () => {
    await Promise.all(Array.from({ length: 50 }, () => ask('\x00\x01\x02\r\n\r\n')));
    expect((await post(gateway, QUESTION)).status).toBe(200);
  });
});

describe('a method', () => {
  it.each(['TRACE', 'PROPFIND', 'PURGE', 'PUT', 'OPTIONS', 'QUERY'])(
    '%s that nobody serves is not found, in each protocol, and echoes nothing',
    async (method) => {
      for (const { path, form, type } of PROTOCOLS) {
        const answer = await ask(head(`${method} ${path} HTTP/1.1`, 'x-secret: planted'));
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toBe(type);
        expect(json(answer.body)).toMatchObject(form);
        expect(answer.body.toString()).not.toContain('planted');
      }
    },
  );

  it.each([
    ['/', '', 200],
    ['/api/hello', '', 200],
    ['/health', '', 200],
    ['/openapi.json', '', 200],
    ['/v1/models', KEY, 200],
    ['/v1/models', 'x-api-key: wrong', 401],
    ['/v1/messages', KEY, 404],
    ['/v2/accounts', KEY, 200],
    ['/v2/nothing', '', 404],
  ])('HEAD %s has no body (%s)', async (path, line, status) => {
    const lines = line === '' ? [] : [line];
    const answer = await ask(head(`HEAD ${path} HTTP/1.1`, ...lines));
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveLength(0);
  });
});

describe('the target of a request', () => {
  it.each([
    ['http://gateway/v1/models', 200],
    ['HTTP://other.example:1234/v1/models', 200],
    ['http://gateway//v1/v1/models?limit=1', 200],
    ['/v1/models#/v2/accounts', 200],
    ['/V1/models', 404],
    ['/v1/models%2F', 404],
    ['http://gateway', 200],
  ])('%s is read as its path', async (target, status) => {
    expect((await ask(head(`GET ${target} HTTP/1.1`, KEY))).status).toBe(status);
  });

  it.each([
    '*',
    '/V2/api-keys',
    '/v2\\api-keys',
    '/v2\\api-keys#',
    '/%762/api-keys',
    '/./v2/api-keys',
    '/v1/../v2/api-keys',
  ])('%s leads nowhere', async (target) => {
    const answer = await ask(head(`GET ${target} HTTP/1.1`, KEY));
    expect(answer.status).toBe(404);
  });

  it('in the form of a whole URL has the errors of its path', async () => {
    const answer = await ask(head('POST http://gateway/v1/messages HTTP/1.1'));
    expect(answer.status).toBe(401);
    expect(json(answer.body)).toMatchObject(ANTHROPIC);
  });
});

describe('requests on one connection', () => {
  it('are answered in their order', async () => {
    const requests = ['/health/live', '/v1/models', '/', '/v2/nothing'].map(
      (path) => `GET ${path} HTTP/1.1\r\nhost: gateway\r\n${KEY}\r\n\r\n`,
    );
    const bytes = await sendBytes(gateway.url, `${requests.join('')}${head('GET /health/live HTTP/1.1')}`);
    const statuses = [...bytes.toString().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '200', '200', '404', '200']);
  });

  it('are not taken without end before the first is answered', async () => {
    const request = 'GET /openapi.json HTTP/1.1\r\nhost: gateway\r\n\r\n';
    const socket = await open(gateway.url);
    socket.on('error', () => undefined).pause();
    const closed = closeOf(socket);
    socket.write(request.repeat(5_000));
    socket.resume();
    await closed;
    const served = gateway.logs.filter(({ msg, path }) => msg === 'request' && path === '/openapi.json');
    expect(served.length).toBeLessThan(50);
  });
});

describe('a body', () => {
  it.each(PROTOCOLS)('without a key is not waited for: $path', async ({ path, form }) => {
    // Announced, and never sent.
    const answer = await answerTo(`POST ${path} HTTP/1.1\r\nhost: gateway\r\ncontent-length: 33000000\r\n\r\n`);
    expect(answer.status).toBe(401);
    expect(json(answer.body)).toMatchObject(form);
  });

  it('without a key is not looked at', async () => {
    for (const body of ['{"half":', '['.repeat(500_000), '{}']) {
      const answer = await ask(`${head('POST /v1/messages HTTP/1.1', `content-length: ${body.length}`)}${body}`);
      expect(answer.status).toBe(401);
    }
  });

  it('without a key is not kept, though it is sent', async () => {
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open(gateway.url)));
    const chunk = Buffer.alloc(1024 * 1024, '[');
    const before = memoryInUse();
    const sendings = sockets.map(async (socket) => {
      socket.on('error', () => undefined).resume();
      socket.write(`POST /v1/messages HTTP/1.1\r\nhost: gateway\r\ncontent-length: 32000000\r\n\r\n`);
      for (let sent = 0; sent < 20; sent++) if (!socket.write(chunk)) await once(socket, 'drain');
    });
    await Promise.all(sendings);
    // 200 MB were sent.
    expect(memoryInUse() - before).toBeLessThan(20 * 1024 * 1024);
    for (const socket of sockets) socket.destroy();
  });

  it.each([
    ['HTTP/1.1', 'host: gateway\r\nconnection: close'],
    ['HTTP/1.0', 'host: gateway'],
  ])('that is refused on a connection that ends with it can be sent to its end: %s, %s', async (version, line) => {
    const socket = await open(gateway.url);
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error)).pause();
    socket.write(`POST /v1/messages ${version}\r\n${line}\r\ncontent-length: 16000000\r\n\r\n`);
    await new Promise((resolve) => socket.write(Buffer.alloc(16_000_000, 'x'), resolve));
    const chunks: Buffer[] = [];
    const closed = closeOf(socket);
    socket.on('data', (chunk) => chunks.push(chunk)).resume();
    await closed;
    expect(errors).toEqual([]);
    const answer = parse(Buffer.concat(chunks));
    expect(answer.status).toBe(401);
    expect(json(answer.body)).toMatchObject(ANTHROPIC);
  });

  it('of a caller with a key that announces too much is refused before it is sent', async () => {
    const answer = await answerTo(
      `POST /v1/messages HTTP/1.1\r\nhost: gateway\r\n${KEY}\r\ncontent-length: 33000000000\r\n\r\n`,
    );
    expect(answer.status).toBe(413);
    expect(json(answer.body)).toMatchObject({ error: { type: 'request_too_large' } });
  });

  it('of a route that is open to everybody is not waited for', async () => {
    const answer = await answerTo('GET /health/live HTTP/1.1\r\nhost: gateway\r\ncontent-length: 1000\r\n\r\n');
    expect(answer.status).toBe(200);
  });

  it('that is refused leaves its connection usable', async () => {
    const bytes = `POST /v1/messages HTTP/1.1\r\nhost: gateway\r\ncontent-length: 20\r\n\r\n${'x'.repeat(20)}`;
    const answers = await sendBytes(gateway.url, bytes + head('GET /health/live HTTP/1.1'));
    expect([...answers.toString().matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['401', '200']);
  });

  it('that is lacking where one is needed is told by name', async () => {
    expect((await ask(head('POST /v1/messages HTTP/1.1', KEY))).status).toBe(400);
  });
});

describe('many large bodies at once', () => {
  it('of one key leave room for those of others, and are taken again once the others ended', async () => {
    const small = await startGateway(simulator, { MAX_BODY_SIZE: '10kb' });
    try {
      const made = await fetch(`${small.url}/v2/api-keys`, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'another', scopes: ['inference'] }),
      });
      const { key } = (await made.json()) as { key: string };
      const other = { 'x-api-key': key };
      const encoded = gzipSync(' '.repeat(10_000));
      const part = (lines: string[], body: Buffer) =>
        Buffer.concat([
          Buffer.from(['POST /v1/messages HTTP/1.1', 'host: gateway', KEY, ...lines, '', ''].join('\r\n')),
          body,
        ]);
      const halves = [
        part(['content-length: 10200'], Buffer.alloc(10_100, ' ')),
        part(['content-length: 10200', 'content-encoding: gzip'], encoded.subarray(0, -8)),
      ];
      const sockets = await Promise.all(Array.from({ length: 8 }, () => open(small.url)));
      for (const [index, socket] of sockets.entries()) socket.write(halves[index % 2] ?? '');
      const large = { ...QUESTION, metadata: { user_id: 'x' }, padding: 'x'.repeat(9_000) };
      await eventually(async () => (await post(small, large)).status === 529);
      const refused = await post(small, large);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(await refused.json()).toMatchObject({ error: { type: 'overloaded_error' } });
      expect((await post(small, large, { headers: other })).status).toBe(200);
      for (const socket of sockets) socket.destroy();
      await eventually(async () => (await post(small, large)).status === 200);
    } finally {
      await small.close();
    }
  });
});

describe('a client that waits for 100 Continue', () => {
  const body = JSON.stringify(QUESTION);
  const waiting = (...lines: string[]) =>
    [
      'POST /v1/messages HTTP/1.1',
      'host: gateway',
      ...lines,
      'expect: 100-continue',
      `content-length: ${body.length}`,
      '',
      '',
    ].join('\r\n');

  it('is asked for its body once its key was accepted, and keeps its connection', async () => {
    const socket = await open(gateway.url);
    socket.write(waiting(KEY));
    expect(await nextBytes(socket)).toMatch(/^HTTP\/1\.1 100 Continue/);
    socket.write(body);
    expect(await nextBytes(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
    socket.write('GET /health/live HTTP/1.1\r\nhost: gateway\r\n\r\n');
    expect(await nextBytes(socket)).toContain('HTTP/1.1 200 OK');
    socket.destroy();
  });

  it.each([
    ['without a key', [], 401],
    ['with a wrong key', ['x-api-key: wrong'], 401],
  ])('is not asked %s, and its connection is closed', async (_what, lines, status) => {
    const bytes = (await sendBytes(gateway.url, waiting(...lines))).toString();
    expect(bytes).not.toContain('100 Continue');
    expect(bytes).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`));
    expect(bytes).toMatch(/connection: close/i);
  });

  it('and for something nobody knows is served all the same', async () => {
    expect((await ask(head('GET /v1/models HTTP/1.1', KEY, 'expect: miracles'))).status).toBe(200);
  });
});

describe('the headers of an answer', () => {
  const headersOf = async (path: string, headers: Record<string, string> = { 'x-api-key': ADMIN_KEY }) => {
    const response = await fetch(gateway.url + path, { headers });
    await response.arrayBuffer();
    return response.headers;
  };

  it.each(['/', '/health', '/v1/models', '/v1/nothing', '/v2/accounts', '/openapi.json', '/docs', '/metrics'])(
    'never name the framework and never let types be guessed: %s',
    async (path) => {
      const headers = await headersOf(path);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
      expect(headers.get('etag') ?? '').not.toContain('W/"-"');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it.each(['/v2/accounts', '/v2/nothing', '/admin/accounts', '/health', '/metrics', '/openapi.json'])(
    'keep browsers from showing and embedding %s',
    async (path) => {
      const headers = await headersOf(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('strict-transport-security')).toBeNull();
    },
  );

  it('keep answers of the admin API out of every cache', async () => {
    expect((await headersOf('/v2/accounts')).get('cache-control')).toBe('no-store');
    expect((await headersOf('/v2/api-keys', {})).get('cache-control')).toBe('no-store');
  });

  it('are few where models answer', async () => {
    const response = await post(gateway, QUESTION);
    await response.arrayBuffer();
    const names = [...response.headers.keys()];
    expect(names).toContain('x-content-type-options');
    for (const name of ['content-security-policy', 'x-frame-options', 'referrer-policy', 'cache-control']) {
      expect(names).not.toContain(name);
    }
  });

  it('let the page at /docs run what it is made of', async () => {
    const response = await fetch(`${gateway.url}/docs`);
    const page = await response.text();
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    const scripts = [...page.matchAll(/<script([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes = '', text = ''] of scripts) {
      expect(text.trim()).toBe('');
      const source = /src=["']([^"']+)/.exec(attributes)?.[1] ?? '';
      const script = await fetch(new URL(source, `${gateway.url}/docs`));
      expect(script.status).toBe(200);
      expect(script.headers.get('content-type')).toContain('javascript');
      await script.arrayBuffer();
    }
    expect(page).not.toMatch(/ on(load|click|error)=/);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });
});

/** Sends bytes and reads one answer, without waiting for the connection to be closed. */
async function answerTo(bytes: string) {
  const socket = await open(gateway.url);
  socket.write(bytes);
  const answer = parse(Buffer.from(await nextBytes(socket)));
  socket.destroy();
  return answer;
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

async function nextBytes(socket: Socket): Promise<string> {
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}
