import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { ClientTools, customInputOf } from './client-tools.js';
import type { ClientTool } from './tool-definition.js';

const LONG = `mcp__a_server__${'x'.repeat(100)}`;
const fn = (name: string, namespace?: string): ClientTool => ({
  kind: 'function',
  name,
  ...(namespace !== undefined && { namespace }),
});

describe('ClientTools', () => {
  it.each<[string, ClientTool[], string[]]>([
    ['a name that fits stays', [fn('get_weather-2')], ['get_weather-2']],
    ['a namespace stands before the name', [fn('read', 'mcp__files')], ['mcp__files__read']],
    ['odd characters are replaced', [fn('get weather.now'), fn('工具')], ['get_weather_now', '__']],
    ['a name of none is one', [fn('')], ['tool']],
    ['what would be equal is numbered', [fn('a.b'), fn('a b'), fn('a_b')], ['a_b', 'a_b_2', 'a_b_3']],
    ['so is what differs in case only', [fn('Read'), fn('read')], ['Read', 'read_2']],
    ['equal names of two namespaces stay apart', [fn('x', 'a'), fn('x', 'b'), fn('x')], ['a__x', 'b__x', 'x']],
    ['as does a name that looks flattened', [fn('a__x'), fn('x', 'a')], ['a__x', 'a__x_2']],
    ['the same tool has the same name', [fn('x', 'a'), fn('x', 'a')], ['a__x', 'a__x']],
    [
      'a search is apart from a function of its name',
      [{ kind: 'tool_search', name: 'tool_search' }, fn('tool_search')],
      ['tool_search', 'tool_search_2'],
    ],
    [
      'names of the language are names',
      [fn('__proto__'), fn('constructor'), fn('toString')],
      ['__proto__', 'constructor', 'toString'],
    ],
  ])('%s', (_rule, asked, expected) => {
    const tools = new ClientTools();
    expect(asked.map((tool) => tools.nameOf(tool))).toEqual(expected);
    expect(expected.map((name) => tools.find(name))).toEqual(asked);
  });

  it('keeps every name within 64 characters, and apart', () => {
    const tools = new ClientTools();
    const names = ['', '1', '2', '3'].map((end) => tools.nameOf(fn(LONG + end)));
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(names.map((name) => tools.find(name).name)).toEqual(['', '1', '2', '3'].map((end) => LONG + end));
  });

  it('takes a name that it never gave for a function of that name', () => {
    expect(new ClientTools().find('constructor')).toEqual(fn('constructor'));
  });

  it('offers what is defined, and not what only earlier calls name', () => {
    const tools = new ClientTools();
    tools.nameOf(fn('gone'));
    tools.offer({
      ...fn('read'),
      description: 'Reads',
      parameters: { type: 'object', required: ['path'] },
      strict: true,
    });
    expect(tools.definitions).toEqual([
      { name: 'read', description: 'Reads', input_schema: { type: 'object', required: ['path'] }, strict: true },
    ]);
    expect(tools.definitions).toHaveLength(1);
    expect(tools.offeredAs(fn('gone'))).toEqual([]);
  });

  it('offers a tool once, as it was defined last, in its first place', () => {
    const tools = new ClientTools();
    for (const description of ['old', 'new']) {
      tools.offer({ ...fn('a', 'n'), description });
      tools.offer({ ...fn('b'), description });
    }
    tools.offer({ kind: 'custom', name: 'b' });
    expect(tools.definitions.map(({ name, description }) => [name, description])).toEqual([
      ['n__a', 'new'],
      ['b', undefined],
    ]);
    expect(tools.find('b').kind).toBe('custom');
  });

  it.each<[string, object | undefined, object]>([
    ['no parameters', undefined, { type: 'object', properties: {} }],
    ['an empty schema', {}, { type: 'object' }],
    ['a schema of another type', { type: 'string' }, { type: 'object' }],
    [
      'a schema with its dialect',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { a: {} } },
      { type: 'object', properties: { a: {} } },
    ],
    ['a choice of schemas', { anyOf: [{ type: 'object' }] }, { anyOf: [{ type: 'object' }], type: 'object' }],
  ])('has a schema of an object for %s', (_name, parameters, expected) => {
    const tools = new ClientTools();
    tools.offer({ ...fn('f'), ...(parameters && { parameters: parameters as Record<string, unknown> }) });
    expect(tools.definitions[0]?.input_schema).toEqual(expected);
  });

  it('offers a custom tool as a function of one text, and tells its grammar', () => {
    const tools = new ClientTools();
    const grammar = { syntax: 'lark', definition: 'start: "x"' };
    tools.offer({ kind: 'custom', name: 'patch', description: 'Patches.', grammar });
    tools.offer({ kind: 'custom', name: 'exec', grammar });
    expect(tools.definitions[0]).toMatchObject({
      name: 'patch',
      description: 'Patches.\n\nThe input has to conform to this lark grammar:\nstart: "x"',
      input_schema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
    });
    expect(tools.definitions[1]?.description).toMatch(/^The input has to/);
  });

  it('knows 10,000 names and not one more, offered or not', () => {
    const tools = new ClientTools();
    for (let index = 0; index < 5_000; index++) {
      tools.offer(fn(`offered ${index}`));
      tools.nameOf(fn(`called ${index}`));
    }
    expect(tools.nameOf(fn('called 0'))).toBe('called_0');
    expect(refusalOf(() => tools.nameOf(fn('called', 'n'), 'messages[1].name'))).toMatchObject({
      kind: 'invalid_request',
      code: 'invalid_value',
      path: 'messages[1].name',
      message: "Invalid 'messages[1].name': more than 10000 different tools.",
    });
    expect(refusalOf(() => tools.offer(fn('new'), 'tools')).path).toBe('tools');
  });

  it('tells of each namespace once', () => {
    const tools = new ClientTools();
    for (const name of ['mcp__files', 'a b', 'mcp__files', 'silent']) {
      tools.describe(name, name === 'silent' ? '' : `About ${name}.`);
    }
    expect(tools.notes).toEqual([
      'The tools whose names begin with `mcp__files__`: About mcp__files.',
      'The tools whose names begin with `a_b__`: About a b.',
    ]);
  });

  it('knows what a name, a name in a namespace, and a namespace refer to', () => {
    const tools = new ClientTools();
    for (const tool of [fn('x'), fn('x', 'a'), fn('y', 'a'), fn('y', 'b')]) tools.offer(tool);
    expect(tools.offeredAs(fn('x'))).toEqual(['x']);
    expect(tools.offeredAs(fn('x', 'a'))).toEqual(['a__x']);
    expect(tools.offeredAs(fn('y'))).toEqual(['a__y', 'b__y']);
    expect(tools.offeredAs({ kind: 'namespace', name: 'a' })).toEqual(['a__x', 'a__y']);
    expect(tools.offeredAs(fn('x', 'b'))).toEqual([]);
    expect(tools.offeredAs(fn('constructor'))).toEqual([]);
    expect(tools.offeredAs({ kind: 'namespace', name: '__proto__' })).toEqual([]);
    expect(tools.offeredAs({ kind: 'tool_search', name: 'tool_search' })).toEqual([]);
  });
});

describe('customInputOf', () => {
  it.each([
    ['{"input":"*** Begin Patch\\n"}', '*** Begin Patch\n'],
    ['{"input":""}', ''],
    ['{"input":"a","why":"b"}', 'a'],
    ['{"patch":"a"}', 'a'],
    ['"a"', 'a'],
    ['{"a":"b","c":"d"}', '{"a":"b","c":"d"}'],
    ['{"input":{"a":1}}', '{"input":{"a":1}}'],
    ['{}', '{}'],
    ['[1]', '[1]'],
    ['no JSON', 'no JSON'],
    ['', ''],
  ])('%j', (json, expected) => {
    expect(customInputOf(json)).toBe(expected);
  });
});
