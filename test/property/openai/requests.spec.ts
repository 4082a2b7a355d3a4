import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RequestChange } from '../../../src/core/pool/failure.js';
import { validChatRequest } from '../generate/openai/chat-requests.js';
import { validResponsesRequest } from '../generate/openai/response-requests.js';
import { settings } from '../runs.js';
import { BINDINGS, type Binding, describeService, isAboutSize, type Verdict } from '../send-request.js';
import { sendChat, sendResponses } from './send-openai.js';

const CHANGES: readonly RequestChange[] = ['without-thinking', 'reduced-schemas', 'new-conversation'];

const ways: [Binding, string, readonly RequestChange[], number][] = BINDINGS.flatMap((binding) => [
  [binding, 'at first', [], 400],
  [binding, 'once it was refused', CHANGES, 100],
]);

function expectTaken(verdict: Verdict): void {
  if (verdict.by === 'gateway') throw new Error(`refused: ${verdict.error.path}: ${verdict.error.message}`);
  if (verdict.by === 'service' && !isAboutSize(verdict.error)) throw new Error(describeService(verdict.error));
  // Nothing is answered here that the service could answer.
  expect('sent' in verdict).toBe(true);
}

describe.each(ways)('the strict checks of the service under %s %s', (binding, _when, changes, byDefault) => {
  it('are passed by any valid Chat request', () => {
    fc.assert(
      fc.property(validChatRequest, (body) => expectTaken(sendChat(structuredClone(body), binding, changes))),
      settings(byDefault),
    );
  });

  it('are passed by any valid Responses request, whatever of it is stored, and made shorter too', () => {
    fc.assert(
      fc.property(validResponsesRequest, ({ body, ...past }) =>
        expectTaken(sendResponses(structuredClone(body), structuredClone(past), binding, changes)),
      ),
      settings(byDefault),
    );
  });
});
