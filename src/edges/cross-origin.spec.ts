import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { crossOrigin } from './cross-origin.js';

/** The origin that is told to be allowed. */
function allowed(origins: readonly string[], origin: string): unknown {
  const headers = new Map<string, unknown>();
  const response = { setHeader: (name: string, value: unknown) => headers.set(name, value) };
  crossOrigin(origins)(
    { url: '/v1/models', method: 'GET', headers: { origin } } as IncomingMessage,
    response as unknown as ServerResponse,
    () => undefined,
  );
  return headers.get('access-control-allow-origin');
}

describe('crossOrigin', () => {
  it.each([
    ['nobody unless told', [], 'https://a.example', undefined],
    ['whom it is told', ['https://a.example', 'https://b.example'], 'https://b.example', 'https://b.example'],
    ['nobody else', ['https://a.example'], 'https://a.example.org', undefined],
    ['anybody', ['*'], 'https://a.example', 'https://a.example'],
  ])('lets in %s', (_who, origins, origin, told) => {
    expect(allowed(origins, origin)).toBe(told);
  });
});
