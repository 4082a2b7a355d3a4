import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InputBlock, InputMessage } from '../../src/core/messages/vocabulary.js';
import { decodeRequest } from '../../src/core/protocols/anthropic/decode-request.js';
import { ClientTools } from '../../src/core/protocols/openai/client-tools.js';
import {
  type Conversation,
  ConversationBuilder,
  type UserBlock,
} from '../../src/core/protocols/openai/conversation-builder.js';
import type { ClientTool } from '../../src/core/protocols/openai/tool-definition.js';
import { GIF } from './generate/files.js';
import { anyJson, anyJsonObject, anyText } from './generate/text.js';
import { settings } from './runs.js';

type Step =
  | { says: 'system'; text: string }
  | { says: 'user'; content: string | UserBlock[] }
  | { says: 'assistant'; content: string | { type: 'text'; text: string }[] }
  | { says: 'call'; id: string; tool: ClientTool; input: Record<string, unknown> | string }
  | { says: 'result'; id: string; content: string | UserBlock[] };

/** Few, so that calls and results meet, and some come again. */
const anyId = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('call_1', 'call_2', 'call_3', 'CALL_1') },
  { weight: 2, arbitrary: fc.constantFrom('', ' ', 'a/b', 'a_b', 'a:b', '__proto__', 'constructor', 'x'.repeat(200)) },
  { weight: 1, arbitrary: anyText },
);

const anyTool: fc.Arbitrary<ClientTool> = fc
  .record({
    kind: fc.constantFrom('function' as const, 'custom' as const, 'tool_search' as const),
    name: fc.oneof(
      fc.constantFrom('', 'read', 'Read', '__proto__', 'constructor', 'a b', 'mcp__x__y', 'n'.repeat(300)),
      anyText,
    ),
    namespace: fc.constantFrom(undefined, '', 'mcp__x', 'mcp', '工具'),
  })
  .map(({ namespace, ...tool }) => (namespace === undefined ? tool : { ...tool, namespace }));

const textBlock = anyText.map((text) => ({ type: 'text' as const, text }));
const userBlock: fc.Arbitrary<UserBlock> = fc.oneof(
  { weight: 6, arbitrary: textBlock },
  {
    weight: 1,
    arbitrary: fc.constant({ type: 'image', source: { type: 'base64', media_type: 'image/gif', data: GIF } } as const),
  },
  {
    weight: 1,
    arbitrary: anyText.map(
      (data) => ({ type: 'document', source: { type: 'text', media_type: 'text/plain', data } }) as const,
    ),
  },
);
const userContent = fc.oneof(anyText, fc.array(userBlock, { maxLength: 3 }));

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ says: fc.constant('system' as const), text: anyText }) },
  { weight: 2, arbitrary: fc.record({ says: fc.constant('user' as const), content: userContent }) },
  {
    weight: 2,
    arbitrary: fc.record({
      says: fc.constant('assistant' as const),
      content: fc.oneof(anyText, fc.array(textBlock, { maxLength: 2 })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      says: fc.constant('call' as const),
      id: anyId,
      tool: anyTool,
      input: fc.oneof(
        anyJsonObject,
        anyText,
        anyJson.map((value) => JSON.stringify(value)),
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ says: fc.constant('result' as const), id: anyId, content: userContent }) },
);

const anyConversation = fc.array(anyStep, { maxLength: 14, size: 'max' });

function build(steps: readonly Step[]): Conversation {
  const turns = new ConversationBuilder();
  const tools = new ClientTools();
  for (const step of steps) {
    switch (step.says) {
      case 'system':
        turns.addSystem(step.text);
        break;
      case 'user':
        turns.addUser(step.content);
        break;
      case 'assistant':
        turns.addAssistant(step.content);
        break;
      case 'call':
        turns.addCall({ id: step.id, name: tools.nameOf(step.tool), input: step.input });
        break;
      case 'result':
        turns.addResult(step.id, step.content);
    }
  }
  return turns.build();
}

/** Texts that were said, each as often as it was. */
function textsOf(step: Step): string[] {
  if (step.says === 'call') return [];
  if (step.says === 'system') return [step.text];
  return typeof step.content === 'string' ? [step.content] : step.content.flatMap(textsIn);
}

function textsIn(block: InputBlock): string[] {
  if (block.type === 'text') return [block.text];
  if (block.type === 'document') return block.source.type === 'text' ? [block.source.data] : [];
  return block.type === 'tool_result' ? textsInContent(block.content ?? []) : [];
}

function textsInContent(content: unknown): string[] {
  return typeof content === 'string' ? [content] : (content as InputBlock[]).flatMap(textsIn);
}

function blocksOf({ content }: InputMessage): InputBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function count(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

describe('any conversation of an OpenAI client', () => {
  it('is built as a valid Messages request, nothing that was said is lost, and every call is answered at once', () => {
    const met = { answered: 0, unanswered: 0, orphans: 0 };
    fc.assert(
      fc.property(anyConversation, (steps) => {
        const conversation = build(steps);
        const { system, messages } = conversation;
        decodeRequest({ model: 'm', max_tokens: 1, ...structuredClone(conversation) });

        const given = count(steps.flatMap(textsOf));
        const kept = count([...(system ?? []).flatMap(textsIn), ...messages.flatMap(blocksOf).flatMap(textsIn)]);
        for (const [text, times] of given) expect(kept.get(text) ?? 0).toBeGreaterThanOrEqual(times);

        expect(messages.some(({ role }) => role === 'user')).toBe(true);
        for (const [index, message] of messages.entries()) {
          expect(message.role).not.toBe(messages[index - 1]?.role);
          const uses = blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
          const next = messages[index + 1];
          const results = next ? blocksOf(next).flatMap((block) => (block.type === 'tool_result' ? [block] : [])) : [];
          expect(results.map(({ tool_use_id }) => tool_use_id)).toEqual(uses);
          for (const { content } of results) expect(content).not.toHaveLength(0);
        }
        const results = steps.filter(({ says }) => says === 'result').length;
        const calls = steps.filter(({ says }) => says === 'call').length;
        const answered = countPairs(steps);
        expect(messages.flatMap(blocksOf).filter(({ type }) => type === 'tool_result')).toHaveLength(calls);
        met.answered += answered;
        met.unanswered += calls - answered;
        met.orphans += results - answered;
      }),
      settings(2_000),
    );
    // Each kind was met, or the property would prove little.
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(100);
  });

  it('gives a call the result that has its id, wherever the two stand', () => {
    fc.assert(
      fc.property(anyConversation, (steps) => {
        // Words that tell whose they are.
        const told = steps.map((step, index): Step => {
          if (step.says === 'call') return { ...step, input: { id: step.id } };
          return step.says === 'result' ? { ...step, content: `result ${index} of ${JSON.stringify(step.id)}` } : step;
        });
        const blocks = build(told).messages.flatMap(blocksOf);
        const idOf = new Map(
          blocks.flatMap((block) =>
            block.type === 'tool_use' ? [[block.id, (block.input as { id: string }).id] as const] : [],
          ),
        );
        let answered = 0;
        for (const block of blocks) {
          if (block.type !== 'tool_result') continue;
          const [said] = textsIn(block);
          if (said === '(no output)') continue;
          answered += 1;
          expect(said).toMatch(/^result \d+ of /);
          expect(said?.endsWith(` of ${JSON.stringify(idOf.get(block.tool_use_id))}`)).toBe(true);
        }
        expect(answered).toBe(countPairs(told));
      }),
      settings(2_000),
    );
  });
});

/** Of each id, as many calls are answered as there are results for. */
function countPairs(steps: readonly Step[]): number {
  const calls = new Map<string, number>();
  const results = new Map<string, number>();
  for (const step of steps) {
    if (step.says === 'call') calls.set(step.id, (calls.get(step.id) ?? 0) + 1);
    if (step.says === 'result') results.set(step.id, (results.get(step.id) ?? 0) + 1);
  }
  let pairs = 0;
  for (const [id, times] of calls) pairs += Math.min(times, results.get(id) ?? 0);
  return pairs;
}
