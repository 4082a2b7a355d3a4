import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookReceiver } from '../../../test/support/webhook-receiver.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { ReceiverRules } from './receiver-rules.js';
import { sendEvent } from './send-event.js';
import { formatSecret } from './signature.js';

const EVENT = {
  id: 'evt_1',
  timestamp: 1_795_000_000,
  body: '{"type":"webhook.test"}',
  secrets: [formatSecret(Buffer.alloc(32))],
};
const never = new AbortController().signal;

let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  await receiver.close();
});

function rulesOf(allowPrivate: boolean, changes: Partial<ReceiverRules> = {}): ReceiverRules {
  const rules = new ReceiverRules(readConfiguration({ ALLOW_PRIVATE_ENDPOINTS: String(allowPrivate) }));
  return Object.assign(rules, changes);
}

const send = (url: string, rules = rulesOf(true), signal = never) => sendEvent({ ...EVENT, url }, rules, signal);

describe('sendEvent', () => {
  it('posts the body as it is, signed, with its query and nothing else of ours', async () => {
    expect(await send(receiver.url)).toEqual({ status: 204, error: null });
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect(body).toBe(EVENT.body);
    expect(headers).toEqual({
      host: `127.0.0.1:${receiver.port}`,
      connection: 'close',
      'content-type': 'application/json',
      'content-length': String(EVENT.body.length),
      'user-agent': expect.stringMatching(/^amq-gateway\//),
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1795000000',
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
    });
  });

  it.each([200, 201, 202, 299])('is content with %i', async (status) => {
    receiver.answerWith(status);
    expect(await send(receiver.url)).toEqual({ status, error: null });
  });

  it.each([400, 404, 410, 429, 500, 503])('is not with %i', async (status) => {
    receiver.answerWith(status);
    expect(await send(receiver.url)).toMatchObject({ status, error: 'status' });
  });

  it('follows no redirect', async () => {
    receiver.answerWith(307, { location: receiver.url });
    expect(await send(receiver.url)).toMatchObject({ status: 307, error: 'status' });
    expect(receiver.received).toHaveLength(1);
  });

  it('hears for how long it is to leave the receiver alone', async () => {
    receiver.answerWith(429, { 'retry-after': '120' });
    expect(await send(receiver.url)).toEqual({ status: 429, error: 'status', retryAfter: 120 });
  });

  it('takes the status for the answer, whatever comes after it', async () => {
    receiver.answer = (response) => {
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    };
    expect(await send(receiver.url)).toEqual({ status: 200, error: null });
    receiver.answer = (response) => response.writeHead(200).flushHeaders();
    expect(await send(receiver.url, rulesOf(true, { totalMs: 100 }))).toEqual({ status: 200, error: null });
  });

  it.each([
    ['an answer that does not come', () => undefined],
    [
      'a head of too many bytes',
      (response: import('node:http').ServerResponse) => {
        response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
      },
    ],
    [
      'a hang-up',
      (response: import('node:http').ServerResponse) => {
        response.destroy();
      },
    ],
  ])('fails for %s', async (_what, answer) => {
    receiver.answer = answer;
    const { status, error } = await send(receiver.url, rulesOf(true, { totalMs: 150 }));
    expect([status, ['timeout', 'connection'].includes(String(error))]).toEqual([null, true]);
  });

  it('gives up a connection that is never made', async () => {
    const silent = rulesOf(false, {
      silenceMs: 50,
      resolve: () => new Promise<string[]>(() => undefined),
    });
    expect(await send('https://hooks.example.com/', silent)).toEqual({ status: null, error: 'timeout' });
  });

  it('says when nobody listens, no name is found, and nobody speaks TLS', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ status: null, error: 'connection' });
    expect(await send(`https://127.0.0.1:${receiver.port}/`)).toEqual({ status: null, error: 'tls' });
    const nameless = rulesOf(false, { resolve: () => Promise.reject(new Error('no address')) });
    expect(await send('https://hooks.example.com/', nameless)).toEqual({ status: null, error: 'name' });
  });

  it('ends when it is told to', async () => {
    receiver.answer = () => undefined;
    const leaving = new AbortController();
    const sent = send(receiver.url, rulesOf(true), leaving.signal);
    leaving.abort();
    expect(await sent).toEqual({ status: null, error: 'connection' });
  });
});

describe('an address inside', () => {
  it.each([
    'https://127.0.0.1/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'https://gateway.internal/',
    'http://hooks.example.com/',
  ])('is not asked: %s', async (url) => {
    expect(await send(url, rulesOf(false))).toEqual({ status: null, error: 'address' });
  });

  it.each([
    ['one name leads to it', ['127.0.0.1']],
    ['one of several does', ['8.8.8.8', '10.0.0.1']],
    ['it is IPv6', ['::1']],
  ])('is not connected to when %s', async (_when, addresses) => {
    const rules = rulesOf(false, { resolve: () => Promise.resolve(addresses) });
    expect(await send(`https://hooks.example.com:${receiver.port}/`, rules)).toEqual({
      status: null,
      error: 'address',
    });
    expect(receiver.connections).toBe(0);
  });

  it('is not connected to by an answer that changes: the addresses that were checked are used', async () => {
    const answers = [['192.0.2.1'], ['127.0.0.1']];
    const asked: string[] = [];
    const rules = rulesOf(false, {
      silenceMs: 100,
      allowsAddress: (address) => address === '192.0.2.1',
      resolve: (hostname) => {
        asked.push(hostname);
        return Promise.resolve(answers.shift() ?? []);
      },
    });
    const { error } = await send(`https://hooks.example.com:${receiver.port}/`, rules);
    expect([['timeout', 'connection'].includes(String(error)), asked, receiver.connections]).toEqual([
      true,
      ['hooks.example.com'],
      0,
    ]);
  });
});
