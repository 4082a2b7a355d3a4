import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/core/protocols/openai/check-fields.js';
import { decodeResponses } from '../../support/decode-responses.js';
import { isIgnoredInResponses } from '../../support/ignored-paths.js';
import { sendResponses } from '../openai/send-openai.js';
import { describeNothingLost } from './describe-nothing-lost.js';
import { markedResponsesRequests } from './marked-responses-requests.js';
import { Marks } from './marks.js';

/** Of tools, wherever they stand, and of those in a namespace. */
function readOfTools(list: string): Record<string, string> {
  return Object.fromEntries(
    [`${list}.*`, `${list}.*.tools.*`].flatMap((tool) => [
      [`${tool}.strict`, 'inputs are checked'],
      [`${tool}.execution`, 'whose search it is'],
      [`${tool}.parameters.$schema`, 'left out, as the service does not take it'],
    ]),
  );
}

describeNothingLost('a Responses client', {
  marked: markedResponsesRequests(new Marks()),
  decode: (request) => decodeResponses(request).request,
  send: (request, binding) => sendResponses(request, { previous: [], items: [] }, binding),
  tagOf: (value) => {
    const { type, role } = value as { type?: string; role?: string };
    return type ?? (role === undefined ? undefined : 'message');
  },
  isIgnored: isIgnoredInResponses,
  // Free values that upstream is not told because the gateway itself does what they say.
  honouredHere: {
    'input.{function_call_output}.call_id': 'finds the call; where there is none the output is told alone',
  },
  // Kinds and choices that are read, each by a test that goes by its name.
  readChoices: {
    model: 'the account and what upstream calls it',
    stream: 'the form of the answer',
    store: 'whether it is kept',
    background: 'refused unless false',
    truncation: 'what becomes of a conversation that is too long',
    'include.*': 'thinking that can be sent back',
    'reasoning.effort': 'sent where the model has it',
    'reasoning.summary': 'thinking is shown',
    'reasoning.generate_summary': 'thinking is shown',
    'input.{configuration_update}.reasoning.effort': 'sent where the model has it',
    'input.{computer_call}.action.button': 'told in words',
    'input.{mcp_approval_response}.approve': 'told in words',
    'tool_choice.mode': 'whether a call is demanded',
    parallel_tool_calls: 'the answer ends after its first call',
    ...readOfTools('tools'),
    ...readOfTools('input.{additional_tools}.tools'),
    ...readOfTools('input.{tool_search_output}.tools'),
  },
  // Fields that may not say anything: no request that is served has them.
  refused: ['conversation', 'prompt'],
  // Asked of every item, to see what it is, or how it is to be called; and Chat's way to write a grammar.
  isForeign: (pattern) => /^input\.\{\w+\}\.(role|name)$|\.format\.grammar$/.test(pattern),
});

describe('what is stored', () => {
  const items = markedResponsesRequests(new Marks())
    .flatMap(([, { input }]) => (Array.isArray(input) ? (input as JsonObject[]) : []))
    .filter(({ type }) => type !== 'compaction_trigger')
    .map((item, index) => ({ ...item, id: `item_${index}` }));
  const { request } = decodeResponses({ input: items });

  it('says the same as if it was sent again', () => {
    const stored = decodeResponses({ previous_response_id: 'resp_1', input: null }, { previous: items });
    expect(stored.request).toEqual(request);
  });

  it('says the same where it is only referred to', () => {
    const references = items.map(({ id }) => ({ type: 'item_reference', id }));
    expect(decodeResponses({ input: references }, { items }).request).toEqual(request);
  });
});
