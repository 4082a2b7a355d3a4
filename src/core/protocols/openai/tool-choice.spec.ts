import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { decodeRequest } from '../anthropic/decode-request.js';
import { ClientTools } from './client-tools.js';
import { chooseTools, decodeToolChoice } from './tool-choice.js';
import type { WireForm } from './wire-form.js';

function someTools(): ClientTools {
  const tools = new ClientTools();
  tools.offer({ kind: 'function', name: 'a' });
  tools.offer({ kind: 'function', name: 'b' });
  tools.offer({ kind: 'custom', name: 'c' });
  tools.offer({ kind: 'function', name: 'd', namespace: 'n' });
  tools.offer({ kind: 'function', name: 'e', namespace: 'n' });
  return tools;
}

const ALL = ['a', 'b', 'c', 'n__d', 'n__e'];

function chosen(choice: unknown, form: WireForm, { tools = someTools(), parallel = true as boolean | undefined } = {}) {
  const fields = chooseTools(decodeToolChoice(choice, form), parallel, tools);
  decodeRequest({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }], ...fields });
  return [fields.tools?.map((tool) => ('name' in tool ? tool.name : '')), fields.tool_choice];
}

const named = { type: 'function', function: { name: 'b' } };
const allowed = (mode: string, ...tools: object[]) => ({ type: 'allowed_tools', allowed_tools: { mode, tools } });

describe('the choice among tools', () => {
  it.each<[unknown, WireForm, unknown, unknown]>([
    [undefined, 'nested', ALL, undefined],
    [null, 'flat', ALL, undefined],
    ['auto', 'nested', ALL, undefined],
    ['none', 'nested', ALL, { type: 'none' }],
    ['required', 'flat', ALL, { type: 'any' }],
    [named, 'nested', ALL, { type: 'tool', name: 'b' }],
    [{ type: 'custom', custom: { name: 'c' } }, 'nested', ALL, { type: 'tool', name: 'c' }],
    [{ type: 'function', name: 'b' }, 'flat', ALL, { type: 'tool', name: 'b' }],
    [{ type: 'function', name: 'd' }, 'flat', ALL, { type: 'tool', name: 'n__d' }],
    [{ type: 'function', name: 'd', namespace: 'n' }, 'flat', ALL, { type: 'tool', name: 'n__d' }],
    [{ type: 'namespace', name: 'n' }, 'flat', ['n__d', 'n__e'], { type: 'any' }],
    [allowed('auto', named), 'nested', ['b'], { type: 'auto' }],
    [allowed('required', named, { type: 'custom', custom: { name: 'c' } }), 'nested', ['b', 'c'], { type: 'any' }],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'e' }, { type: 'web_search' }] },
      'flat',
      ['n__e'],
      { type: 'auto' },
    ],
    [{ type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp' }] }, 'flat', ALL, { type: 'none' }],
  ])('%j (%s)', (choice, form, names, toolChoice) => {
    expect(chosen(choice, form)).toEqual([names, toolChoice]);
  });

  it.each<[unknown, unknown]>([
    [undefined, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', { type: 'any', disable_parallel_tool_use: true }],
    [named, { type: 'tool', name: 'b', disable_parallel_tool_use: true }],
    [allowed('auto', named), { type: 'auto', disable_parallel_tool_use: true }],
    ['none', { type: 'none' }],
  ])('one call at a time with %j', (choice, toolChoice) => {
    expect(chosen(choice, 'nested', { parallel: false })[1]).toEqual(toolChoice);
    expect(chosen(choice, 'nested', { parallel: undefined })).toEqual(chosen(choice, 'nested'));
  });

  it.each([[undefined], ['auto'], ['none'], [allowed('auto')]])('means nothing without tools: %j', (choice) => {
    expect(chosen(choice, 'nested', { tools: new ClientTools(), parallel: false })).toEqual([undefined, undefined]);
  });

  it.each<[unknown, WireForm, string, string]>([
    [5, 'flat', 'invalid_type', 'tool_choice'],
    ['any', 'flat', 'invalid_value', 'tool_choice'],
    [{}, 'flat', 'missing_required_parameter', 'tool_choice.type'],
    [{ type: 'function' }, 'nested', 'missing_required_parameter', 'tool_choice.function'],
    [{ type: 'function' }, 'flat', 'missing_required_parameter', 'tool_choice.name'],
    [{ type: 'function', name: 'constructor' }, 'flat', 'invalid_value', 'tool_choice'],
    [{ type: 'function', name: 'd', namespace: 'other' }, 'flat', 'invalid_value', 'tool_choice'],
    [{ type: 'namespace', name: 'other' }, 'flat', 'invalid_value', 'tool_choice'],
    [{ type: 'web_search_preview' }, 'flat', 'unsupported_value', 'tool_choice'],
    [{ type: 'allowed_tools' }, 'nested', 'missing_required_parameter', 'tool_choice.allowed_tools'],
    [{ type: 'allowed_tools', mode: 'auto' }, 'flat', 'missing_required_parameter', 'tool_choice.tools'],
    [{ type: 'allowed_tools', mode: 'none', tools: [] }, 'flat', 'invalid_value', 'tool_choice.mode'],
    [{ type: 'allowed_tools', mode: 'required', tools: [] }, 'flat', 'invalid_value', 'tool_choice'],
    [allowed('auto', named, { type: 'function', function: { name: 'x' } }), 'nested', 'invalid_value', 'tool_choice'],
    [
      allowed('auto', { type: 'function' }),
      'nested',
      'missing_required_parameter',
      'tool_choice.allowed_tools.tools[0].function',
    ],
  ])('refuses %j (%s)', (choice, form, code, path) => {
    expect(refusalOf(() => chosen(choice, form))).toMatchObject({ kind: 'invalid_request', code, path });
  });

  it.each([['required'], [named], [allowed('required', named)]])('demands no call of nothing: %j', (choice) => {
    expect(refusalOf(() => chosen(choice, 'nested', { tools: new ClientTools() }))).toMatchObject({
      code: 'invalid_value',
      path: 'tool_choice',
    });
  });

  it('looks at ten thousand tools once, however often they are named', () => {
    const tools = new ClientTools();
    for (let index = 0; index < 10_000; index++) tools.offer({ kind: 'function', name: `f${index}`, namespace: 'n' });
    const references = Array.from({ length: 100_000 }, () => ({ type: 'namespace', name: 'n' }));
    const started = performance.now();
    const { tools: offered } = chooseTools(
      decodeToolChoice({ type: 'allowed_tools', mode: 'auto', tools: references }, 'flat'),
      undefined,
      tools,
    );
    expect(offered).toHaveLength(10_000);
    // A look at each for each would take minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
