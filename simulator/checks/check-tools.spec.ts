import { describe, expect, it } from '@jest/globals';
import { offer } from '../testing/ask-simulator.js';
import {
  type Anything,
  because,
  builder,
  improper,
  request,
  result,
  toolTurn,
  use,
  verdict,
  withTools,
} from '../testing/make-request.js';

describe('checks of tools', () => {
  it.each<[string, unknown]>([
    ['a turn of tools', toolTurn([use('a'), use('b')], [result('b'), result('a')])],
    ['a tool listed in other letters', toolTurn([use('a')], [result('a')], [offer('Get_Weather')])],
    [
      '$schema and numeric bounds under restJson1',
      withSchema({ $schema: 'x', ...nestedSchema({ exclusiveMinimum: 1 }) }),
    ],
    [
      'a tool without a description',
      withTools({ toolSpecification: { name: 'a', inputSchema: { json: { type: 'object' } } } }),
    ],
    ['a cache point among the tools', withTools(offer('a'), { cachePoint: { type: 'default' } })],
  ])('accepts %s', (_name, body) => {
    expect(verdict(body)).toBe('accepted');
  });

  it.each<[string, string, unknown]>([
    ['tools in history', improper, toolsInHistory()],
    ['results in the first message', because('TOOL_USE_RESULT_MISMATCH'), resultsFirst()],
    ['results without uses', because('TOOL_USE_RESULT_MISMATCH'), toolTurn([], [result('a')])],
    ['a missing result', because('TOOL_USE_RESULT_MISMATCH'), toolTurn([use('a'), use('b')], [result('a')])],
    ['a result with another id', because('TOOL_USE_RESULT_MISMATCH'), toolTurn([use('a')], [result('b')])],
    ['a use given twice', because('TOOL_DUPLICATE'), toolTurn([use('a'), use('a')], [result('a')])],
    ['a result given twice', because('TOOL_DUPLICATE'), toolTurn([use('a')], [result('a'), result('a')])],
    ['a tool offered twice', because('TOOL_DUPLICATE'), withTools(offer('a'), offer('a'))],
    ['tool turns without tools', because('TOOL_CONFIG_MISSING'), toolTurn([use('a')], [result('a')], [])],
    ['tool turns with nothing but a cache point', because('TOOL_CONFIG_MISSING'), onlyCachePoint()],
    [
      'a used tool that is not listed',
      because('TOOL_CONFIG_MISSING'),
      toolTurn([use('a')], [result('a')], [offer('b')]),
    ],
    ['a tool input that is a string', improper, toolTurn([{ ...use('a'), input: '{}' }], [result('a')])],
    ['a tool use with a bad id', improper, toolTurn([use('a b')], [result('a b')])],
    ['an image inside a result', improper, toolTurn([use('a')], [{ toolUseId: 'a', content: [{ image: {} }] }])],
    [
      'an image beside a result text',
      improper,
      toolTurn([use('a')], [{ toolUseId: 'a', content: [{ text: '', image: {} }] }]),
    ],
    ['a result of another status', improper, toolTurn([use('a')], [{ ...result('a'), status: 'ok' }])],
    ['a result without content', improper, toolTurn([use('a')], [{ toolUseId: 'a' }])],
    ['a tool name with a dot', improper, withTools(offer('a.b'))],
    ['a long tool name', improper, withTools(offer('a'.repeat(65)))],
    ['an empty description', improper, described('')],
    ['a long description', improper, described('x'.repeat(10_241))],
    ['a schema of another type', because('TOOL_SCHEMA_INVALID'), withSchema({ type: 'string' })],
    ['a schema without a type', because('TOOL_SCHEMA_INVALID'), withSchema({ properties: {} })],
    ['anyOf at the root', because('TOOL_SCHEMA_INVALID'), withSchema({ type: 'object', anyOf: [] })],
    ['oneOf at the root', because('TOOL_SCHEMA_INVALID'), withSchema({ type: 'object', oneOf: [] })],
    ['allOf at the root', because('TOOL_SCHEMA_INVALID'), withSchema({ type: 'object', allOf: [] })],
    ['required that is null', because('TOOL_SCHEMA_INVALID'), withSchema({ type: 'object', required: null })],
    ['a schema that is a string', improper, withSchema('{}')],
  ])('refuses %s', (_name, expected, body) => {
    expect(verdict(body)).toBe(expected);
  });

  it.each<[string, string, unknown]>([
    ['$schema', because('TOOL_SCHEMA_INVALID'), withSchema({ type: 'object', $schema: 'x' })],
    ['a numeric exclusiveMinimum', because('TOOL_SCHEMA_INVALID'), withSchema(nestedSchema({ exclusiveMinimum: 1 }))],
    [
      'a numeric exclusiveMaximum in a list',
      because('TOOL_SCHEMA_INVALID'),
      withSchema(nestedSchema({ items: { exclusiveMaximum: 1 } })),
    ],
    ['prefixItems', because('TOOL_SCHEMA_INVALID'), withSchema(nestedSchema({ anyOf: [{ prefixItems: [] }] }))],
    [
      'a bound outside 32 bits',
      because('TOOL_SCHEMA_INVALID'),
      withSchema(nestedSchema({ maximum: Number.MAX_SAFE_INTEGER })),
    ],
  ])('refuses %s under awsJson1.0 only', (_name, expected, body) => {
    expect(verdict(body)).toBe('accepted');
    expect(verdict(body, builder, 'awsJson1.0')).toBe(expected);
  });

  it('takes names of properties for no keywords', () => {
    const schema = { type: 'object', properties: { $schema: { type: 'string' }, prefixItems: { type: 'string' } } };

    expect(verdict(withSchema(schema), builder, 'awsJson1.0')).toBe('accepted');
  });
});

function withSchema(json: unknown): unknown {
  return withTools({ toolSpecification: { name: 'a', description: 'b', inputSchema: { json } } });
}

function nestedSchema(inner: Anything): Anything {
  return { type: 'object', properties: { a: { type: 'object', ...inner } } };
}

function described(description: string): unknown {
  return withTools({ toolSpecification: { name: 'a', description, inputSchema: { json: { type: 'object' } } } });
}

function toolsInHistory(): unknown {
  const message = { content: 'a', userInputMessageContext: { tools: [offer('a')] } };
  return request({}, { history: [{ userInputMessage: message }, { assistantResponseMessage: { content: 'b' } }] });
}

function resultsFirst(): unknown {
  const message = { content: 'a', userInputMessageContext: { toolResults: [result('a')] } };
  return request({}, { history: [{ userInputMessage: message }, { assistantResponseMessage: { content: 'b' } }] });
}

function onlyCachePoint(): unknown {
  return toolTurn([use('a')], [result('a')], [{ cachePoint: { type: 'default' } }]);
}
