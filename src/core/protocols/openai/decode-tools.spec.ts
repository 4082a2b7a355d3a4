import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { checkTool } from '../anthropic/check-tool.js';
import { ClientTools } from './client-tools.js';
import { offerTools } from './decode-tools.js';
import type { WireForm } from './wire-form.js';

function offered(list: unknown, form: WireForm) {
  const tools = new ClientTools();
  const definitions = offerTools(list, 'tools', form, tools);
  for (const [index, definition] of tools.definitions.entries()) checkTool(definition, 'tools', index);
  return { tools, definitions };
}

describe('offerTools', () => {
  it("takes Chat's functions and custom tools", () => {
    const { tools } = offered(
      [
        { type: 'function', function: { name: 'a', description: 'A', parameters: { type: 'object' }, strict: null } },
        { type: 'function', function: { name: 'b', description: null, parameters: null, strict: true } },
        { type: 'function', function: { name: 'c' } },
        {
          type: 'custom',
          custom: { name: 'd', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start' } } },
        },
        { type: 'custom', custom: { name: 'e', format: { type: 'text' } } },
      ],
      'nested',
    );
    expect(tools.definitions).toMatchObject([
      { name: 'a', description: 'A', input_schema: { type: 'object' } },
      { name: 'b', strict: true, input_schema: { type: 'object', properties: {} } },
      { name: 'c', input_schema: { type: 'object', properties: {} } },
      { name: 'd', description: expect.stringContaining('lark') },
      { name: 'e', input_schema: { required: ['input'] } },
    ]);
    expect(tools.definitions[0]).not.toHaveProperty('strict');
  });

  it("takes Responses' tools, flattens namespaces, and drops what only the original's servers run", () => {
    const { tools, definitions } = offered(
      [
        { type: 'function', name: 'exec', parameters: { type: 'object' }, strict: false },
        { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'regex', definition: '.*' } },
        {
          type: 'namespace',
          name: 'mcp__files',
          description: 'Files.',
          tools: [{ type: 'function', name: 'exec' }, { type: 'custom', name: 'patch' }, { type: 'web_search' }],
        },
        { type: 'tool_search', execution: 'client', parameters: { type: 'object', required: ['query'] } },
        { type: 'tool_search', execution: 'server' },
        { type: 'web_search' },
        { type: 'local_shell' },
        { type: 'constructor' },
      ],
      'flat',
    );
    expect(definitions.map(({ kind, namespace, name }) => [kind, namespace, name])).toEqual([
      ['function', undefined, 'exec'],
      ['custom', undefined, 'patch'],
      ['function', 'mcp__files', 'exec'],
      ['custom', 'mcp__files', 'patch'],
      ['tool_search', undefined, 'tool_search'],
    ]);
    expect(tools.definitions.map(({ name }) => name)).toEqual([
      'exec',
      'patch',
      'mcp__files__exec',
      'mcp__files__patch',
      'tool_search',
    ]);
    expect(tools.definitions[4]?.input_schema).toEqual({ type: 'object', required: ['query'] });
    expect(tools.notes).toEqual(['The tools whose names begin with `mcp__files__`: Files.']);
  });

  it.each([[undefined], [null], [[]]])('offers none for %j', (list) => {
    expect(offered(list, 'flat').tools.definitions).toHaveLength(0);
  });

  it.each<[unknown, WireForm, string, string]>([
    [{}, 'flat', 'invalid_type', 'tools'],
    [['x'], 'flat', 'invalid_type', 'tools[0]'],
    [[{}], 'flat', 'missing_required_parameter', 'tools[0].type'],
    [[{ type: 'function' }], 'nested', 'missing_required_parameter', 'tools[0].function'],
    [[{ type: 'function', function: {} }], 'nested', 'missing_required_parameter', 'tools[0].function.name'],
    [[{ type: 'function', function: { name: '' } }], 'nested', 'invalid_value', 'tools[0].function.name'],
    [[{ type: 'function', name: 'x'.repeat(257) }], 'flat', 'invalid_value', 'tools[0].name'],
    [[{ type: 'function', name: 'x', parameters: 'y' }], 'flat', 'invalid_type', 'tools[0].parameters'],
    [[{ type: 'function', name: 'x', strict: 'y' }], 'flat', 'invalid_type', 'tools[0].strict'],
    [[{ type: 'custom', name: 'x', format: 'y' }], 'flat', 'invalid_type', 'tools[0].format'],
    [
      [{ type: 'custom', name: 'x', format: { type: 'grammar', syntax: 'lark' } }],
      'flat',
      'missing_required_parameter',
      'tools[0].format.definition',
    ],
    [[{ type: 'namespace', name: 'x', tools: [] }], 'nested', 'unsupported_value', 'tools[0].type'],
    [[{ type: 'tool_search', execution: 'client' }], 'nested', 'unsupported_value', 'tools[0].type'],
    [[{ type: 'namespace', name: 'x' }], 'flat', 'missing_required_parameter', 'tools[0].tools'],
    [
      [{ type: 'namespace', name: 'x', tools: [{ type: 'function', name: 5 }] }],
      'flat',
      'invalid_type',
      'tools[0].tools[0].name',
    ],
    [
      Array.from({ length: 10_001 }, (_, index) => ({ type: 'function', name: `f${index}` })),
      'flat',
      'invalid_value',
      'tools',
    ],
  ])('refuses %.60j (%s)', (list, form, code, path) => {
    expect(refusalOf(() => offered(list, form))).toMatchObject({ kind: 'invalid_request', code, path });
  });
});
