import { describe, expect, it } from '@jest/globals';
import type { InputMessage } from '../../messages/vocabulary.js';
import { decodeRequest } from '../anthropic/decode-request.js';
import { ConversationBuilder } from './conversation-builder.js';

type Say = (turns: ConversationBuilder) => void;

const system =
  (text: string): Say =>
  (turns) =>
    turns.addSystem(text);
const user =
  (content: string): Say =>
  (turns) =>
    turns.addUser(content);
const assistant =
  (content: string): Say =>
  (turns) =>
    turns.addAssistant(content);
const call =
  (id: string, name = 'f', input: Record<string, unknown> | string = {}): Say =>
  (turns) =>
    turns.addCall({ id, name, input });
const result =
  (id: string, content: string): Say =>
  (turns) =>
    turns.addResult(id, content);

function built(...said: Say[]) {
  const turns = new ConversationBuilder();
  for (const say of said) say(turns);
  const conversation = turns.build();
  decodeRequest({ model: 'm', max_tokens: 1, ...conversation });
  return conversation;
}

/** Messages in short: text as it is, calls as `id:name`, results as `id=text`. */
function told(...said: Say[]): [role: string, ...content: string[]][] {
  return built(...said).messages.map(({ role, content }: InputMessage) => [
    role,
    ...(typeof content === 'string' ? [content] : content.map(spell)),
  ]);
}

function spell(block: Exclude<InputMessage['content'], string>[number]): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'tool_use':
      return `${block.id}:${block.name}`;
    case 'tool_result':
      return `${block.tool_use_id}=${typeof block.content === 'string' ? block.content : block.content?.map((part) => ('text' in part ? part.text : part.type)).join()}`;
    default:
      return block.type;
  }
}

describe('ConversationBuilder', () => {
  it.each<[string, Say[], [string, ...string[]][]]>([
    [
      'merges neighbours of one role',
      [user('a'), user('b'), assistant('c'), assistant('d'), user('e')],
      [
        ['user', 'a', 'b'],
        ['assistant', 'c', 'd'],
        ['user', 'e'],
      ],
    ],
    [
      'answers calls in the next turn, in the order of the calls',
      [user('a'), assistant('b'), call('1'), call('2'), result('2', 'two'), result('1', 'one'), user('c')],
      [
        ['user', 'a'],
        ['assistant', 'b', '1:f', '2:f'],
        ['user', '1=one', '2=two', 'c'],
      ],
    ],
    [
      'keeps rounds of calls apart',
      [user('a'), call('1'), result('1', 'one'), call('2'), result('2', 'two')],
      [
        ['user', 'a'],
        ['assistant', '1:f'],
        ['user', '1=one'],
        ['assistant', '2:f'],
        ['user', '2=two'],
      ],
    ],
    [
      'keeps what was said after a call in its turn',
      [user('a'), call('1'), assistant('b'), result('1', 'one'), assistant('c')],
      [
        ['user', 'a'],
        ['assistant', '1:f', 'b'],
        ['user', '1=one'],
        ['assistant', 'c'],
      ],
    ],
    [
      'moves a result in front of what was said before it',
      [user('a'), call('1'), user('b'), result('1', 'one')],
      [
        ['user', 'a'],
        ['assistant', '1:f'],
        ['user', '1=one', 'b'],
      ],
    ],
    [
      'moves a late result back, and leaves nothing in its place',
      [user('a'), call('1'), user('b'), assistant('c'), result('1', 'one'), assistant('d')],
      [
        ['user', 'a'],
        ['assistant', '1:f'],
        ['user', '1=one', 'b'],
        ['assistant', 'c', 'd'],
      ],
    ],
    [
      'moves an early result forward, and leaves nothing in its place',
      [user('a'), assistant('b'), result('1', 'one'), call('1'), user('c')],
      [
        ['user', 'a'],
        ['assistant', 'b', '1:f'],
        ['user', '1=one', 'c'],
      ],
    ],
    [
      'says that a call has no result',
      [user('a'), call('1'), call('2'), result('2', 'two')],
      [
        ['user', 'a'],
        ['assistant', '1:f', '2:f'],
        ['user', '1=(no output)', '2=two'],
      ],
    ],
    [
      'says so at the end of the conversation',
      [user('a'), call('1')],
      [
        ['user', 'a'],
        ['assistant', '1:f'],
        ['user', '1=(no output)'],
      ],
    ],
    [
      'says that a result is empty',
      [user('a'), call('1'), result('1', '')],
      [
        ['user', 'a'],
        ['assistant', '1:f'],
        ['user', '1=(no output)'],
      ],
    ],
    [
      'keeps a result without a call, and a second one of the same call, as text where it stands',
      [user('a'), result('x', 'lost'), call('1'), result('1', 'one'), result('1', 'again')],
      [
        ['user', 'a', 'lost'],
        ['assistant', '1:f'],
        ['user', '1=one', 'again'],
      ],
    ],
    [
      'tells calls of one id apart, turn by turn',
      [user('a'), call('0', 'f'), result('0', 'first'), call('0', 'g'), result('0', 'second')],
      [
        ['user', 'a'],
        ['assistant', '0:f'],
        ['user', '0=first'],
        ['assistant', '0_2:g'],
        ['user', '0_2=second'],
      ],
    ],
    [
      'tells calls of one id apart within a turn',
      [user('a'), call('0', 'f'), call('0', 'g'), result('0', 'first'), result('0', 'second')],
      [
        ['user', 'a'],
        ['assistant', '0:f', '0_2:g'],
        ['user', '0=first', '0_2=second'],
      ],
    ],
    [
      'gives a result to the newest turn that has a call of its id',
      [user('a'), call('0', 'f'), user('b'), call('0', 'g'), result('0', 'new')],
      [
        ['user', 'a'],
        ['assistant', '0:f'],
        ['user', '0=(no output)', 'b'],
        ['assistant', '0_2:g'],
        ['user', '0_2=new'],
      ],
    ],
    [
      'makes ids that are taken upstream',
      [
        user('a'),
        call('a/b'),
        call('a_b'),
        call(''),
        call('x'.repeat(65)),
        result('a_b', 'second'),
        result('', 'third'),
      ],
      [
        ['user', 'a'],
        ['assistant', 'a_b:f', 'a_b_2:f', 'call:f', `${'x'.repeat(64)}:f`],
        ['user', 'a_b=(no output)', 'a_b_2=second', 'call=third', `${'x'.repeat(64)}=(no output)`],
      ],
    ],
    [
      'drops empty texts, and a turn of the assistant without anything',
      [user('a'), assistant(''), user(''), assistant('b'), user('c')],
      [
        ['user', 'a'],
        ['assistant', 'b'],
        ['user', 'c'],
      ],
    ],
    [
      'keeps a turn of the user without anything: it asks for an answer',
      [user('a'), assistant('b'), user('')],
      [
        ['user', 'a'],
        ['assistant', 'b'],
        ['user', 'Continue'],
      ],
    ],
    [
      'begins with the user where nobody but the assistant spoke',
      [assistant('a')],
      [
        ['user', 'Continue'],
        ['assistant', 'a'],
      ],
    ],
    ['makes instructions alone the question', [system('a'), system('b')], [['user', 'a', 'b']]],
    ['has something to answer when there is nothing', [system(''), assistant('')], [['user', 'Continue']]],
  ])('%s', (_rule, said, expected) => {
    expect(told(...said)).toEqual(expected);
  });

  it('collects instructions from wherever they stand, in their order', () => {
    expect(built(system('a'), user('x'), system(''), assistant('y'), system('b'), user('z')).system).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    expect(built(user('x'))).not.toHaveProperty('system');
  });

  it('hands on images, documents and thinking as they are', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } } as const;
    const thinking = { type: 'thinking', thinking: 'Hm.', signature: 's' } as const;
    const { messages } = built(
      (turns) => turns.addUser([{ type: 'text', text: '' }, image]),
      (turns) => turns.addAssistant([thinking]),
      call('1', 'f', '{"a":1}'),
      (turns) => turns.addResult('1', [image, { type: 'tool_reference', tool_name: 'g' }]),
      (turns) => turns.addResult('2', [{ type: 'tool_reference', tool_name: 'h' }]),
    );
    expect(messages[0]?.content[0]).toBe(image);
    expect(messages).toEqual([
      { role: 'user', content: [image] },
      { role: 'assistant', content: [thinking, { type: 'tool_use', id: '1', name: 'f', input: { a: 1 } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: '1', content: [image, { type: 'tool_reference', tool_name: 'g' }] },
          { type: 'text', text: 'h' },
        ],
      },
    ]);
  });

  it('puts a hundred thousand calls of one id together in little time', () => {
    const turns = new ConversationBuilder();
    const started = performance.now();
    for (let index = 0; index < 100_000; index++) turns.addCall({ id: 'same', name: 'f', input: {} });
    for (let index = 0; index < 100_000; index++) turns.addResult('same', `${index}`);
    const { messages } = turns.build();
    expect(messages[1]?.content).toHaveLength(100_000);
    // A look at each for each would take minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
