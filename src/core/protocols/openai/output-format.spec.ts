import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { decodeOutputFormat } from './output-format.js';
import type { WireForm } from './wire-form.js';

const schema = { type: 'object', properties: { a: { type: 'string' } } };
const format = (schemaOf: object) => ({ type: 'json_schema', schema: schemaOf });

describe('decodeOutputFormat', () => {
  it.each<[unknown, WireForm, unknown]>([
    [undefined, 'nested', undefined],
    [null, 'flat', undefined],
    [{ type: 'text' }, 'nested', undefined],
    [{ type: 'json_object' }, 'nested', format({ type: 'object' })],
    [{ type: 'json_schema', json_schema: { name: 'n', schema } }, 'nested', format(schema)],
    [{ type: 'json_schema', json_schema: { name: 'n', schema, strict: true } }, 'nested', format(schema)],
    [{ type: 'json_schema', json_schema: { name: 'n', schema, strict: null } }, 'nested', format(schema)],
    [{ type: 'json_schema', json_schema: { name: 'n' } }, 'nested', format({ type: 'object' })],
    [
      { type: 'json_schema', json_schema: { name: 'n', schema, description: 'A thing' } },
      'nested',
      format({ ...schema, description: 'A thing' }),
    ],
    [
      { type: 'json_schema', name: 'n', schema: { ...schema, description: 'Its own' }, description: 'A thing' },
      'flat',
      format({ ...schema, description: 'Its own' }),
    ],
    [{ type: 'json_schema', name: 'n', schema, strict: true }, 'flat', format(schema)],
  ])('%j (%s)', (value, form, expected) => {
    expect(decodeOutputFormat(value, 'response_format', form)).toEqual(expected);
  });

  it.each<[unknown, WireForm, string, string]>([
    ['json', 'nested', 'invalid_type', 'f'],
    [{}, 'nested', 'missing_required_parameter', 'f.type'],
    [{ type: 'grammar' }, 'nested', 'invalid_value', 'f.type'],
    [{ type: 'json_schema' }, 'nested', 'missing_required_parameter', 'f.json_schema'],
    [{ type: 'json_schema', json_schema: { schema: [] } }, 'nested', 'invalid_type', 'f.json_schema.schema'],
    [{ type: 'json_schema', json_schema: { name: 5 } }, 'nested', 'invalid_type', 'f.json_schema.name'],
    [{ type: 'json_schema', schema: 'x' }, 'flat', 'invalid_type', 'f.schema'],
    [{ type: 'json_schema', strict: 'yes' }, 'flat', 'invalid_type', 'f.strict'],
  ])('refuses %j (%s)', (value, form, code, path) => {
    expect(refusalOf(() => decodeOutputFormat(value, 'f', form))).toMatchObject({ code, path });
  });
});
