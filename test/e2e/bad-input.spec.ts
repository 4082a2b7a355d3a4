import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { post, QUESTION } from '../support/ask.js';
import { cpuTimeOf } from '../support/cpu-time.js';
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

const jpeg = { type: 'image', source: { type: 'base64', media_type: 'image/tiff', data: 'AA==' } };

describe('bad input to POST /v1/messages', () => {
  it.each<[string, unknown, number, string, RegExp]>([
    ['malformed JSON', '{"model":', 400, 'invalid_request_error', /not valid JSON/],
    ['an empty body', '', 400, 'invalid_request_error', /Field required/],
    ['a JSON array', '[]', 400, 'invalid_request_error', /JSON object/],
    [
      'no max_tokens',
      { ...QUESTION, max_tokens: undefined },
      400,
      'invalid_request_error',
      /^max_tokens: Field required$/,
    ],
    [
      'a wrong type',
      { ...QUESTION, messages: [{ role: 'user', content: [{ type: 'text', text: 5 }] }] },
      400,
      'invalid_request_error',
      /^messages\.0\.content\.0\.text\.text: Input should be a valid string$/,
    ],
    ['empty messages', { ...QUESTION, messages: [] }, 400, 'invalid_request_error', /^messages: /],
    [
      'an image of another kind',
      { ...QUESTION, messages: [{ role: 'user', content: [jpeg] }] },
      400,
      'invalid_request_error',
      /^messages\.0\.content\.0\.image\.source\.base64\.media_type: /,
    ],
    ['an unknown model', { ...QUESTION, model: 'nobody-9' }, 404, 'not_found_error', /^model: nobody-9$/],
  ])('%s is refused in the words of the real API', async (_what, body, status, type, message) => {
    const response = await post(gateway, body);
    expect(response.status).toBe(status);
    const requestId = response.headers.get('request-id');
    expect(requestId).toMatch(/^req_[0-9a-f]{32}$/);
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type, message: expect.stringMatching(message) },
      request_id: requestId,
    });
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { 'x-api-key': 'wrong' }],
    ['a wrong bearer', { authorization: 'Bearer wrong' }],
    ['an endless key', { 'x-api-key': 'k'.repeat(5000) }],
  ])('%s is a 401 that is not worth retrying', async (_what, headers) => {
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify(QUESTION),
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toMatchObject({ error: { type: 'authentication_error' } });
  });

  it('a body of 33 MB is a 413 that names the limit, announced or not', async () => {
    const body = JSON.stringify({ ...QUESTION, messages: [{ role: 'user', content: 'x'.repeat(33 * 1024 * 1024) }] });
    const announced: Record<string, string>[] = [
      { 'content-length': String(Buffer.byteLength(body)) },
      { 'transfer-encoding': 'chunked' },
    ];
    for (const headers of announced) {
      const { status, text } = await send(body, headers);
      expect(status).toBe(413);
      expect(JSON.parse(text)).toMatchObject({
        type: 'error',
        error: { type: 'request_too_large', message: expect.stringContaining('33554432') },
      });
    }
  });

  it('a body just under the limit passes', async () => {
    const response = await post(gateway, { ...QUESTION, padding: 'x'.repeat(31 * 1024 * 1024) });
    expect(response.status).toBe(200);
  });

  it.each([
    ['an unknown path', 'POST', '/v1/nothing'],
    ['another method', 'GET', '/v1/messages'],
    ['a resource that is not there', 'GET', '/v1/files'],
  ])('%s is a 404 in the JSON shape', async (_what, method, path) => {
    const headers = { 'x-api-key': ADMIN_KEY, 'anthropic-version': '2023-06-01' };
    const response = await fetch(gateway.url + path, { method, headers });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });

  it('an unknown admin path is a problem document', async () => {
    const response = await fetch(`${gateway.url}/v2/nothing`, { headers: { 'x-api-key': ADMIN_KEY } });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  it('a compressed body is read, within the same limit', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const zipped = (body: string) => ({ headers, body: gzipSync(body) as unknown as RequestInit['body'] });
    expect((await post(gateway, '', zipped(JSON.stringify(QUESTION)))).status).toBe(200);
    expect((await post(gateway, '', zipped(JSON.stringify({ padding: 'x'.repeat(33 * 1024 * 1024) })))).status).toBe(
      413,
    );
    expect((await post(gateway, '', zipped('{"half":'))).status).toBe(400);
  });

  it.each([
    ['plain', (body: string) => ({ body })],
    ['compressed', (body: string) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } })],
  ])('a %s body of brackets alone costs next to nothing', async (_what, init) => {
    const brackets = init('['.repeat(16 * 1024 * 1024)) as RequestInit;
    const before = process.cpuUsage();
    const response = await post(gateway, '', brackets);
    const { user } = process.cpuUsage(before);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: 'The request body is nested more than 1000 levels deep' },
    });
    // Beside what parsing a quarter of them costs, however slow the machine is at the moment.
    const quarter = cpuTimeOf(() => expect(() => JSON.parse('['.repeat(4 * 1024 * 1024))).toThrow());
    expect(user / 1000).toBeLessThan(2 * quarter);
  });

  it('characters split between packets arrive whole', async () => {
    const body = Buffer.from(JSON.stringify({ ...QUESTION, messages: [{ role: 'user', content: 'Grüße 🙂' }] }));
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    for (const byte of body) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await once(socket.resume(), 'close');
    const sent = simulator.requests.at(-1)?.body as {
      conversationState: { currentMessage: { userInputMessage: { content: string } } };
    };
    expect(sent.conversationState.currentMessage.userInputMessage.content).toBe('Grüße 🙂');
  });

  it('an unsupported encoding is refused with its code', async () => {
    const response = await post(gateway, QUESTION, { headers: { 'content-encoding': 'zstd-of-my-own' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { details: { error_code: 'request_body_encoding_unsupported' } },
    });
  });

  it('accepts JSON whatever its content type says, the query and the path without /v1', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await post(gateway, QUESTION, { headers, path: '/v1/messages?beta=true' })).status).toBe(200);
    expect((await post(gateway, QUESTION, { path: '/messages' })).status).toBe(200);
  });
});

/** A request with node's own client: fetch would not send a body whose answer came early. */
function send(body: string, headers: Record<string, string | number>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sending = request(
      `${gateway.url}/v1/messages`,
      { method: 'POST', headers: { 'x-api-key': ADMIN_KEY, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}
