import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { checkHead } from './check-head.js';
import { CONNECTION_LIMITS } from './connection-limits.js';

/** What is wrong with a request of these headers, and whether its connection is closed. */
function check(rawHeaders: string[], { url = '/v1/models', httpVersion = '1.1' } = {}) {
  const told = new Map<string, unknown>();
  const response = { setHeader: (name: string, value: unknown) => told.set(name, value) };
  let fault: unknown;
  const next = (error?: unknown) => {
    fault = error;
  };
  checkHead({ url, httpVersion, rawHeaders } as IncomingMessage, response as unknown as ServerResponse, next);
  return { fault, isClosed: told.get('connection') === 'close' };
}

const { headBytes, headers } = CONNECTION_LIMITS;
const HOST = ['Host', 'gateway'];
const many = (count: number) => Array.from({ length: count }, (_, index) => [`x-${index}`, '1']).flat();

describe('checkHead', () => {
  it.each([
    ['an ordinary one', HOST, {}],
    ['as many headers as there may be', [...HOST, ...many(headers - 1)], {}],
    ['no host in HTTP/1.0', [], { httpVersion: '1.0' }],
    ['an empty host', ['host', ''], {}],
    ['a head just within the limit', [...HOST, 'x', 'y'.repeat(headBytes - 35)], {}],
  ])('lets %s pass', (_what, rawHeaders, rest) => {
    expect(check(rawHeaders, rest)).toEqual({ fault: undefined, isClosed: false });
  });

  it.each([
    ['one header too many', [...HOST, ...many(headers)], {}, 'head_too_large'],
    ['a head over the limit', [...HOST, 'x', 'y'.repeat(headBytes)], {}, 'head_too_large'],
    ['a path over the limit', HOST, { url: `/${'x'.repeat(headBytes)}` }, 'head_too_large'],
    ['no host', ['x', 'y'], {}, 'invalid_request'],
    ['two hosts', [...HOST, 'HOST', 'gateway'], {}, 'invalid_request'],
  ])('refuses %s and closes the connection', (_what, rawHeaders, rest, kind) => {
    expect(check(rawHeaders, rest)).toMatchObject({ fault: { kind }, isClosed: true });
  });
});
