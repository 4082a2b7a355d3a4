import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import type { MessagesRequest } from '../../../src/core/messages/vocabulary.js';
import { ClientTools } from '../../../src/core/protocols/openai/client-tools.js';
import { limitOutput } from '../../../src/proxy/emulation/limit-output.js';
import { limitedAnswer } from '../generate/limited-answers.js';
import { bytesOf, collect, readAnswer } from '../read-answer.js';
import { settings } from '../runs.js';
import { CLIENT_TOOL_NAMES, CLIENT_TOOLS, CLIENT_WIRE_NAMES } from './client-tools.js';
import { assertChat } from './expect-chat.js';
import { assertResponses } from './expect-responses.js';

const answer = limitedAnswer(CLIENT_WIRE_NAMES).chain((limited) =>
  fc.record({
    limited: fc.constant(limited),
    isLimited: fc.boolean(),
    display: fc.constantFrom('text' as const, 'text' as const, 'signature' as const, 'none' as const),
  }),
);
type Given = typeof answer extends fc.Arbitrary<infer T> ? T : never;
const MODEL = { id: 'claude-sonnet-4.5' };
/** A client of the old functions has nothing else. */
const FUNCTIONS = new ClientTools();

const form = fc.record({
  tools: fc.constant(CLIENT_TOOLS),
  showsSummary: fc.boolean(),
  includesEncryptedReasoning: fc.boolean(),
  store: fc.boolean(),
  isCompaction: fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
});

function readLimited({ limited, isLimited, display }: Given) {
  const { steps, limits, scale } = limited;
  const request = { model: 'm', messages: [], ...limits } as unknown as MessagesRequest;
  const source = readAnswer([bytesOf(steps)], display, CLIENT_TOOL_NAMES);
  return collect(isLimited ? source.pipe(limitOutput(request, MODEL, scale)) : source);
}

describe('any answer of the service, under any limits', () => {
  it('is a Chat stream in order, whose pieces are the JSON answer, which is what the message says', () => {
    fc.assert(
      fc.property(answer, fc.boolean(), (given, isLegacy) => {
        assertChat(readLimited(given), isLegacy ? FUNCTIONS : CLIENT_TOOLS, isLegacy);
      }),
      settings(800),
    );
  });

  it('is a Responses stream in order, whose end repeats its items and is the JSON answer, as the message says', () => {
    fc.assert(
      fc.property(answer, form, (given, each) => {
        assertResponses(readLimited(given), each);
      }),
      settings(800),
    );
  });
});
