import type { SentRequest } from './anthropic-sdks.js';

/** A fetch for clients under test: keeps what it sent, and sends nothing beyond loopback. */
export function recordingFetch(sent: SentRequest[], send: typeof fetch = globalThis.fetch): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.hostname !== '127.0.0.1') throw new Error(`a client wanted to reach ${url.href}`);
    const body = typeof init?.body === 'string' && init.body !== '' ? JSON.parse(init.body) : undefined;
    sent.push({ path: url.pathname, headers: new Headers(init?.headers), body, at: performance.now() });
    return send(input, init);
  };
}
