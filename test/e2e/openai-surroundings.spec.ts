import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { Simulator } from '../../simulator/simulator.js';
import type { SentRequest } from '../support/anthropic-sdks.js';
import { post, QUESTION } from '../support/ask.js';
import { recordingFetch } from '../support/recording-fetch.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { CORS_ORIGINS: 'https://example.com' });
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const bearer = { authorization: `Bearer ${ADMIN_KEY}` };
const call = (method: string, path: string, headers: Record<string, string> = bearer) =>
  fetch(gateway.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: method === 'POST' ? '{}' : undefined,
  });

describe('an OpenAI path that nobody serves', () => {
  it.each([
    ['POST', '/v1/embeddings'],
    ['POST', '/v1/completions'],
    ['POST', '/completions'],
    ['GET', '/v1/files'],
    ['POST', '/v1/audio/speech'],
    ['DELETE', '/v1/models/claude-sonnet-5'],
    ['POST', '/v1/models'],
    ['GET', '/v1/chat/completions'],
    ['GET', '/v1/chat/completions/chatcmpl-1'],
    ['POST', '/v1/chat/completions/chatcmpl-1'],
    ['DELETE', '/v1/chat/completions/chatcmpl-1'],
    ['GET', '/v1/chat/completions/chatcmpl-1/messages'],
    ['GET', '/v1'],
    ['PUT', '/anything'],
  ])('%s %s is an invalid URL', async (method, path) => {
    const response = await call(method, path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      error: {
        message: `Invalid URL (${method} ${path})`,
        type: 'invalid_request_error',
        param: null,
        code: expect.stringMatching(/./),
      },
    });
  });

  it('is Anthropic’s with an anthropic-version', async () => {
    const response = await call('GET', '/v1/files', { ...bearer, 'anthropic-version': '2023-06-01' });
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', message: 'Not found: GET /v1/files' },
    });
    expect(response.headers.get('openai-version')).toBeNull();
  });
});

describe('the headers of the OpenAI API', () => {
  it.each([
    ['an answer', 'GET', '/v1/models', bearer, 200],
    ['a refusal', 'GET', '/v1/models', {}, 401],
    ['an unknown path', 'POST', '/v1/embeddings', bearer, 404],
    ['a refused request', 'POST', '/v1/chat/completions', bearer, 400],
    ['a refused request of the other API', 'POST', '/v1/responses', bearer, 400],
  ])('stand on %s', async (_what, method, path, headers, status) => {
    const response = await call(method, path, headers);
    await response.text();
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('openai-version')).toBe('2020-10-01');
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d{1,4}$/);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('stand on a stream', async () => {
    const body = { model: 'claude-sonnet-5', stream: true, messages: [{ role: 'user', content: 'Hello' }] };
    const response = await post(gateway, body, { path: '/v1/chat/completions' });
    await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('openai-version')).toBe('2020-10-01');
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d{1,4}$/);
    expect(response.headers.get('x-amq-model')).toBe('claude-sonnet-5');
  });

  it.each(['/v1/messages', '/v2/api-keys', '/health', '/metrics'])('do not stand on %s', async (path) => {
    const response = await call('GET', path);
    await response.text();
    expect(response.headers.get('openai-version')).toBeNull();
    expect(response.headers.get('openai-processing-ms')).toBeNull();
  });
});

describe('a key', () => {
  it.each<[string, Record<string, string>]>([
    ['as a bearer', bearer],
    ['as x-api-key', { 'x-api-key': ADMIN_KEY }],
    ['as api-key, as Azure’s clients send it', { 'api-key': ADMIN_KEY }],
    ['as api-key beside a made-up bearer', { 'api-key': ADMIN_KEY, authorization: 'Bearer unused' }],
  ])('is taken %s', async (_what, headers) => {
    expect((await call('GET', '/v1/models', headers)).status).toBe(200);
  });

  it('that is wrong is told in OpenAI’s words, and final', async () => {
    const response = await call('GET', '/v1/models', { 'api-key': 'wrong' });
    expect(response.status).toBe(401);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'invalid_api_key', param: null },
    });
  });
});

describe('a base URL that is glued by hand', () => {
  it.each(['/v1//messages', '//v1/messages', '/v1/v1/messages?beta=true', '/v1//v1/messages', '/messages'])(
    'works: %s',
    async (path) => {
      const response = await post(gateway, QUESTION, { path });
      expect(response.status).toBe(200);
      expect(response.headers.get('request-id')).toMatch(/^req_/);
    },
  );

  it.each(['/v1//chat/completions', '/v1/v1/chat/completions', '/chat/completions', '//chat//completions'])(
    'works: %s',
    async (path) => {
      const body = { model: 'claude-sonnet-5', messages: [{ role: 'user', content: 'Hello' }] };
      const response = await post(gateway, body, { path });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ object: 'chat.completion', model: 'claude-sonnet-5' });
    },
  );

  it.each(['/v1//responses', '/v1/v1/responses', '/responses'])('works: %s', async (path) => {
    const response = await post(gateway, { model: 'gpt-5', input: 'Hello' }, { path });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ object: 'response', model: 'gpt-5' });
  });

  it('does not open what is closed', async () => {
    expect((await call('GET', '//v2//api-keys', {})).status).toBe(401);
    expect((await call('GET', '/v1/v1/models', {})).status).toBe(401);
  });
});

describe('a page in a browser', () => {
  const page = { origin: 'https://example.com' };
  const preflight = (path: string, headers: string) =>
    fetch(gateway.url + path, {
      method: 'OPTIONS',
      headers: { ...page, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
    });

  it.each(['/v1/chat/completions', '/v1/responses', '/v1/messages', '/v1/models'])(
    'may send the headers of the SDKs to %s',
    async (path) => {
      const wanted = 'authorization,content-type,openai-organization,x-stainless-retry-count';
      const response = await preflight(path, wanted);
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(page.origin);
      expect(response.headers.get('access-control-allow-headers')).toBe(wanted);
      expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    },
  );

  it.each<[string, (send: typeof fetch) => Promise<unknown>]>([
    [
      'Anthropic’s',
      (send) =>
        new Anthropic({
          apiKey: ADMIN_KEY,
          baseURL: gateway.url,
          dangerouslyAllowBrowser: true,
          fetch: send,
        }).beta.messages.create({
          model: QUESTION.model,
          max_tokens: 10,
          messages: [{ role: 'user', content: 'Hello' }],
          betas: ['x'],
        }),
    ],
    [
      'OpenAI’s',
      (send) =>
        new OpenAI({
          apiKey: ADMIN_KEY,
          baseURL: `${gateway.url}/v1`,
          organization: 'org',
          project: 'project',
          dangerouslyAllowBrowser: true,
          fetch: send,
        }).responses.create({ model: 'gpt-5', input: 'Hello' }),
    ],
  ])('may use %s SDK: all its headers are allowed', async (_whose, ask) => {
    const sent: SentRequest[] = [];
    await ask(recordingFetch(sent));
    const [request] = sent;
    const names = [...(request?.headers.keys() ?? [])].sort().join(',');
    expect(names).toContain('x-stainless');
    const response = await preflight(request?.path ?? '', names);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe(names);
    expect(response.headers.get('access-control-allow-origin')).toBe(page.origin);
  });

  it('may read answers and errors, with what their headers say', async () => {
    for (const [path, status] of Object.entries({ '/v1/models': 200, '/v1/nothing': 404 })) {
      const response = await call('GET', path, { ...bearer, ...page });
      expect(response.status).toBe(status);
      expect(response.headers.get('access-control-allow-origin')).toBe(page.origin);
      expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id');
    }
  });

  it('may do nothing from another origin', async () => {
    const other = { origin: 'https://other.example' };
    const response = await call('GET', '/v1/models', { ...bearer, ...other });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const asked = await call('OPTIONS', '/v1/models', { ...other, 'access-control-request-method': 'GET' });
    expect([...asked.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('may not call the admin API', async () => {
    const response = await preflight('/v2/api-keys', 'authorization');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    const list = await call('GET', '/v2/api-keys', { ...bearer, ...page });
    expect(list.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is not told of headers that are none', async () => {
    const response = await preflight('/v1/models', 'a: b; <x>');
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(response.headers.get('access-control-allow-headers')).not.toContain('<');
  });
});
