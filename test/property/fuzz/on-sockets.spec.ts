import { describe, expect, it } from '@jest/globals';
import { exchangesTarget } from './exchanges-target.js';
import { socketsTarget } from './sockets-target.js';
import { seed, tried } from './tried.js';

describe('spoilt input', () => {
  it('reaches the whole gateway over sockets without a fault of its own, and leaves nothing behind', async () => {
    const { ends } = await tried(await socketsTarget(seed), 500);
    expect(Object.keys(ends)).toEqual(
      expect.arrayContaining(
        ['Messages', 'Chat', 'Responses'].flatMap((client) => [
          `${client} answer, whole stream`,
          `${client} answer, stream with an error`,
          `${client} answer, 502`,
          `${client} body, 400`,
        ]),
      ),
    );
  });
});

describe('valid requests and answers', () => {
  it('pass the whole gateway over sockets, and the stream says what the JSON answer says', async () => {
    const { ends } = await tried(await exchangesTarget(seed), 250);
    expect(Object.keys(ends)).toEqual(
      expect.arrayContaining([
        ...['tool_use', 'end_turn', 'max_tokens', 'error in the stream'].map((end) => `Messages ${end}`),
        ...['tool_calls', 'stop', 'length', 'error in the stream'].map((end) => `Chat ${end}`),
        ...['completed', 'incomplete', 'error in the stream'].map((end) => `Responses ${end}`),
      ]),
    );
  });
});
