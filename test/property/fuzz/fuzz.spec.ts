import { describe, expect, it } from '@jest/globals';
import { bodiesTarget } from './bodies-target.js';
import { MESSAGES } from './formats/messages-format.js';
import { CHAT, RESPONSES } from './formats/openai-formats.js';
import { streamsTarget } from './streams-target.js';
import { seed, tried } from './tried.js';

describe('spoilt input', () => {
  it.each([
    ['Messages', MESSAGES],
    ['Chat', CHAT],
    ['Responses', RESPONSES],
  ])(
    'of the service ends, as %s tells it, in order or with an error that was foreseen, soon and without much ado',
    async (_name, format) => {
      const { ends } = await tried(streamsTarget(format, seed), 2_000);
      // Whole ones, broken frames of every kind and broken contents were all among them.
      expect(Object.keys(ends)).toEqual(
        expect.arrayContaining([
          'whole',
          'FrameError length',
          'FrameError prelude-checksum',
          'FrameError message-checksum',
          'FrameError headers',
          'FrameError truncated',
          'GatewayError upstream',
        ]),
      );
    },
  );

  it.each([
    ['Messages', MESSAGES],
    ['Chat', CHAT],
    ['Responses', RESPONSES],
  ])('of a %s client is refused as the request it is, or sent in a form the service takes', async (_name, format) => {
    const { ends } = await tried(bodiesTarget(format, seed), 2_000);
    expect(Object.keys(ends)).toEqual(expect.arrayContaining(['no JSON', 'refused: invalid_request', 'accepted']));
  });
});
