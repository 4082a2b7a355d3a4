import { describe, expect, it } from '@jest/globals';
import { decodeRequest } from '../../../src/core/protocols/anthropic/decode-request.js';
import { isIgnoredPath } from '../../support/ignored-paths.js';
import { describeService, sendRequest } from '../send-request.js';
import { keysOf, leavesOf, patternOf, patternsOf } from './leaves.js';
import { markedRequests } from './marked-requests.js';
import { isMark, Marks } from './marks.js';
import { recordReads } from './record-reads.js';
import { isSent, type SentUpstream, sentUpstream } from './sent-upstream.js';

const marked = markedRequests(new Marks());

/** Free values that upstream is not told because the gateway itself does what they say. */
const HONOURED_HERE: Record<string, string> = {
  'stop_sequences.*': 'watched for in the answer',
};

/** Kinds and choices that are read, each by a test that goes by its name. */
const READ_CHOICES: Record<string, string> = {
  model: 'the account and what upstream calls it',
  stream: 'the form of the answer',
  'thinking.display': 'what of the thinking is shown',
  'output_config.effort': 'sent where the model has it',
  'messages.*.content.{tool_result}.is_error': 'the status of the result',
  'messages.*.content.{tool_result}.content.{browser_state}.tabs.*.active': 'told in words',
  'messages.*.output_config.effort': 'sent where the model has it',
  'messages.*.clear_at': 'told until the next user message',
  'tools.*.strict': 'inputs are checked',
  'tools.*.defer_loading': 'offered once it is named',
  'tools.*.name': 'of a kind that has one name only',
  'tool_choice.disable_parallel_tool_use': 'the answer ends after its first call',
  'messages.*.content.{tool_addition}.tool.definition.strict': 'inputs are checked',
  'messages.*.content.{tool_addition}.tool.definition.defer_loading': 'offered once it is named',
  'messages.*.content.{tool_removal}.tool.name': 'offered no longer',
};

/** Fields that may not say anything (anthropic.md §3): no request that is served has them. */
const REFUSED = ['thread', 'container', 'mcp_servers', 'compaction'];

/** Names that only tell what kind of thing it is that they stand in. */
const KINDS = new Set(['type', 'role', 'media_type', 'file_type']);

function sentFor(request: unknown): SentUpstream {
  const seals = [...leavesOf(request)].flatMap(({ keys, value }) =>
    ['signature', 'data'].includes(String(keys.at(-1))) ? [String(value)] : [],
  );
  return sentUpstream(decodeRequest(structuredClone(request), '2023-06-01'), seals);
}

describe('nothing a client sends is lost in silence', () => {
  it.each(marked)(
    '%s: each value goes upstream, is honoured here, or is on the list of ignored fields',
    (_name, request) => {
      const sent = sentFor(request);
      const lost = [...leavesOf(request)]
        .filter(({ keys, value }) => isMark(value) && !isSent(value, sent) && !isIgnoredPath(request, keys))
        .map(({ keys }) => patternOf(request, keys))
        .filter((pattern) => HONOURED_HERE[pattern] === undefined);
      expect(lost).toEqual([]);
    },
  );

  it.each(marked)('%s: names of tools, inputs and schemas go upstream too', (_name, request) => {
    const sent = sentFor(request);
    const names = [...keysOf(request)].filter(isMark);
    expect(names.filter((name) => !sent.texts.includes(name))).toEqual([]);
  });

  it.each(marked)('%s: is one the service takes', (_name, request) => {
    for (const binding of ['restJson1', 'awsJson1.0'] as const) {
      const verdict = sendRequest(structuredClone(request), '2023-06-01', binding);
      expect(verdict.by === 'service' ? describeService(verdict.error) : verdict.by).toBe('nobody');
    }
  });

  it('each choice is read, or is on the list of ignored fields', () => {
    const lost = marked.flatMap(([, request]) =>
      [...leavesOf(request)]
        .filter(({ keys, value }) => !isMark(value) && !KINDS.has(String(keys.at(-1))) && !isIgnoredPath(request, keys))
        .map(({ keys }) => patternOf(request, keys)),
    );
    expect([...new Set(lost)].filter((pattern) => READ_CHOICES[pattern] === undefined)).toEqual([]);
  });

  it('these requests carry every field that a request is checked for', () => {
    const looked = new Set<string>();
    for (const [, request] of marked)
      decodeRequest(
        recordReads(request, (pattern) => looked.add(pattern)),
        '2023-06-01',
      );
    const carried = new Set(marked.flatMap(([, request]) => [...patternsOf(request)]));
    expect([...looked].filter((pattern) => !carried.has(pattern) && !REFUSED.includes(pattern))).toEqual([]);
  });
});
