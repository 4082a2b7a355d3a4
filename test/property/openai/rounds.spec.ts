import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeChatRequest } from '../../../src/core/protocols/openai-chat/decode-request.js';
import { checkResponsesRequest } from '../../../src/core/protocols/openai-responses/check-request.js';
import { decodeResponsesRequest } from '../../../src/core/protocols/openai-responses/decode-request.js';
import { anyAnswer } from '../generate/answers.js';
import { validChatRequest } from '../generate/openai/chat-requests.js';
import { validResponsesRequest } from '../generate/openai/response-requests.js';
import { PLACES } from '../generate/put-tools.js';
import { answerInRounds, Questions } from '../questions.js';
import { settings } from '../runs.js';
import type { Binding } from '../send-request.js';
import { assertChat } from './expect-chat.js';
import { assertResponses } from './expect-responses.js';

const answers = fc.tuple(anyAnswer(PLACES), anyAnswer(PLACES));
const binding = fc.constantFrom<Binding>('restJson1', 'awsJson1.0');

/** Requests that need watching: calls demanded or forbidden, inputs or answers that have to be of a schema. */
const chat = validChatRequest.map(decodeChatRequest).filter(isWatched);
const responses = validResponsesRequest
  .map(({ body, previous, items }) => {
    const found = { previous, items: new Map(items.map((item) => [item.id as string, item])) };
    return decodeResponsesRequest(checkResponsesRequest(body), found);
  })
  .filter(isWatched);

function isWatched({ request }: { request: ReturnType<typeof decodeChatRequest>['request'] }): boolean {
  const { output_config, tool_choice, tools } = request;
  return (
    output_config?.format != null ||
    tool_choice != null ||
    tools?.some((tool) => 'strict' in tool && tool.strict) === true
  );
}

/** Both ways are walked, or the properties prove little. */
function expectBoth(rounds: number[]): void {
  const several = rounds.filter((asked) => asked > 1).length;
  expect(several).toBeGreaterThan(rounds.length / 30);
  expect(several).toBeLessThan(rounds.length);
}

describe('any answer to a request that is emulated, whatever its rounds were', () => {
  it('is a Chat stream in order that says what the JSON answer says', () => {
    const rounds: number[] = [];
    fc.assert(
      fc.property(chat, answers, binding, (decoded, said, way) => {
        const questions = new Questions(said, way);
        assertChat(answerInRounds(decoded.request, questions), decoded.tools, decoded.isLegacy);
        rounds.push(questions.asked);
      }),
      settings(300),
    );
    expectBoth(rounds);
  });

  it('is a Responses stream in order that says what the JSON answer says', () => {
    const rounds: number[] = [];
    fc.assert(
      fc.property(responses, answers, binding, (decoded, said, way) => {
        const questions = new Questions(said, way);
        assertResponses(answerInRounds({ ...decoded.request, stream: true }, questions), decoded);
        rounds.push(questions.asked);
      }),
      settings(300),
    );
    expectBoth(rounds);
  });
});
