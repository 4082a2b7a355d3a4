import { describe, expect, it } from '@jest/globals';
import { decodeResponses, responsesRefusal } from '../../../../test/support/decode-responses.js';

const read = {
  type: 'function',
  name: 'read',
  description: 'Reads a file.',
  parameters: { type: 'object', required: ['path'] },
};
const patch = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits.',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
};
const files = { type: 'namespace', name: 'mcp__files', description: 'Files of a disk.', tools: [read, patch] };
const search = {
  type: 'tool_search',
  execution: 'client',
  description: 'Finds tools.',
  parameters: { type: 'object' },
};
const offered = (...tools: object[]) => decodeResponses({ tools }).request.tools ?? [];
const names = (...tools: object[]) => offered(...tools).map((tool) => ('name' in tool ? tool.name : undefined));

describe('tools of a Responses request (openai.md §6)', () => {
  it('offers a function', () => {
    expect(offered(read)).toEqual([
      { name: 'read', description: 'Reads a file.', input_schema: { type: 'object', required: ['path'] } },
    ]);
  });

  it('asks for inputs that conform to the schema of a strict function', () => {
    expect(offered({ ...read, strict: true })).toMatchObject([{ name: 'read', strict: true }]);
    expect(offered({ ...read, strict: null, description: null })).toMatchObject([{ name: 'read' }]);
  });

  it('offers a custom tool as a function of one text, its grammar in the description', () => {
    const [tool] = offered(patch);
    expect(tool).toMatchObject({ name: 'apply_patch', input_schema: { required: ['input'] } });
    expect(JSON.stringify(tool)).toMatch(/Edits\..*lark grammar.*start:/);
    expect(decodeResponses({ tools: [patch] }).tools.find('apply_patch')).toEqual({
      kind: 'custom',
      name: 'apply_patch',
    });
  });

  it('flattens a namespace, says what it is for, and knows the way back', () => {
    const { request, tools } = decodeResponses({ tools: [files] });
    expect(request.tools).toMatchObject([{ name: 'mcp__files__read' }, { name: 'mcp__files__apply_patch' }]);
    expect(JSON.stringify(request.system)).toContain('Files of a disk.');
    expect(tools.find('mcp__files__read')).toEqual({ kind: 'function', name: 'read', namespace: 'mcp__files' });
    expect(tools.find('mcp__files__apply_patch')).toEqual({
      kind: 'custom',
      name: 'apply_patch',
      namespace: 'mcp__files',
    });
  });

  it('offers a search that the client makes', () => {
    expect(offered(search)).toMatchObject([{ name: 'tool_search', description: 'Finds tools.' }]);
    expect(decodeResponses({ tools: [search] }).tools.find('tool_search').kind).toBe('tool_search');
  });

  it.each([
    'web_search',
    'web_search_preview',
    'image_generation',
    'code_interpreter',
    'file_search',
    'mcp',
    'computer',
    'computer_use_preview',
    'local_shell',
    'shell',
    'apply_patch',
    'made_up',
  ])('drops the hosted tool %s without a word', (type) => {
    expect(names({ type, server_label: 'x', container: { type: 'auto' } }, read)).toEqual(['read']);
  });

  it('drops a search that the original would make', () => {
    expect(names({ type: 'tool_search' }, { type: 'tool_search', execution: 'server' }, read)).toEqual(['read']);
  });

  it('gives tools of one name in two namespaces names of their own', () => {
    expect(names(read, files, { ...files, name: 'mcp/files' })).toEqual([
      'read',
      'mcp__files__read',
      'mcp__files__apply_patch',
      'mcp_files__read',
      'mcp_files__apply_patch',
    ]);
  });

  it.each(['constructor', '__proto__', 'toString'])('takes a tool called %s for a tool', (name) => {
    const { request, tools } = decodeResponses({
      tools: [{ type: 'function', name }],
      tool_choice: { type: 'function', name },
    });
    expect(request).toMatchObject({ tools: [{ name }], tool_choice: { type: 'tool', name } });
    expect(tools.find(name)).toEqual({ kind: 'function', name });
  });

  it.each<[tools: unknown[], code: string, param: string]>([
    [['x'], 'invalid_type', 'tools[0]'],
    [[{}], 'missing_required_parameter', 'tools[0].type'],
    [[{ type: 5 }], 'invalid_type', 'tools[0].type'],
    [[{ type: 'function' }], 'missing_required_parameter', 'tools[0].name'],
    [[{ type: 'function', function: { name: 'f' } }], 'missing_required_parameter', 'tools[0].name'],
    [[{ type: 'function', name: '' }], 'invalid_value', 'tools[0].name'],
    [[read, { type: 'function', name: 'f', parameters: 'x' }], 'invalid_type', 'tools[1].parameters'],
    [[{ type: 'function', name: 'f', strict: 'x' }], 'invalid_type', 'tools[0].strict'],
    [
      [{ type: 'custom', name: 'f', format: { type: 'grammar' } }],
      'missing_required_parameter',
      'tools[0].format.syntax',
    ],
    [[{ type: 'namespace', tools: [] }], 'missing_required_parameter', 'tools[0].name'],
    [[{ type: 'namespace', name: 'n' }], 'missing_required_parameter', 'tools[0].tools'],
    [
      [{ type: 'namespace', name: 'n', tools: [{ type: 'function' }] }],
      'missing_required_parameter',
      'tools[0].tools[0].name',
    ],
  ])('refuses %j', (tools, code, param) => {
    expect(responsesRefusal({ tools }).slice(0, 2)).toEqual([code, param]);
  });
});

const CHOICES: [row: string, choice: unknown, becomes: object][] = [
  ['none', 'none', { tool_choice: { type: 'none' } }],
  ['required', 'required', { tool_choice: { type: 'any' } }],
  ['a function', { type: 'function', name: 'read' }, { tool_choice: { type: 'tool', name: 'read' } }],
  ['a custom tool', { type: 'custom', name: 'apply_patch' }, { tool_choice: { type: 'tool', name: 'apply_patch' } }],
  [
    'a function of a namespace',
    { type: 'function', name: 'read', namespace: 'mcp__files' },
    { tool_choice: { type: 'tool', name: 'mcp__files__read' } },
  ],
  [
    'allowed tools',
    { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'custom', name: 'apply_patch' }, { type: 'web_search' }] },
    { tools: [{ name: 'apply_patch' }], tool_choice: { type: 'auto' } },
  ],
  [
    'allowed tools, one of which is to be called',
    { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'read' }] },
    { tools: [{ name: 'read' }], tool_choice: { type: 'any' } },
  ],
];

describe('tool_choice of a Responses request (openai.md §6)', () => {
  const tools = [read, patch, files, { type: 'web_search' }];

  it.each(CHOICES)('takes over %s', (_row, tool_choice, becomes) => {
    expect(decodeResponses({ tools, tool_choice }).request).toMatchObject(becomes);
  });

  it('offers all tools where nothing is chosen', () => {
    const { request } = decodeResponses({ tools, tool_choice: 'auto' });
    expect([request.tools?.length, request.tool_choice]).toEqual([4, undefined]);
  });

  it.each([
    'web_search',
    'web_search_preview',
    'file_search',
    'code_interpreter',
    'image_generation',
    'mcp',
    'computer_use_preview',
    'shell',
    'apply_patch',
  ])('refuses the choice of the hosted tool %s', (type) => {
    expect(responsesRefusal({ tools, tool_choice: { type } }).slice(0, 2)).toEqual([
      'unsupported_value',
      'tool_choice',
    ]);
  });

  it.each<[choice: unknown, code: string, param: string]>([
    [5, 'invalid_type', 'tool_choice'],
    ['any', 'invalid_value', 'tool_choice'],
    [{}, 'missing_required_parameter', 'tool_choice.type'],
    [{ type: 'function' }, 'missing_required_parameter', 'tool_choice.name'],
    [{ type: 'function', name: 'gone' }, 'invalid_value', 'tool_choice'],
    [{ type: 'allowed_tools', tools: [] }, 'missing_required_parameter', 'tool_choice.mode'],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'gone' }] },
      'invalid_value',
      'tool_choice',
    ],
  ])('refuses %j', (tool_choice, code, param) => {
    expect(responsesRefusal({ tools, tool_choice }).slice(0, 2)).toEqual([code, param]);
  });
});
