import fc from 'fast-check';
import type { WireForm } from '../../../../src/core/protocols/openai/wire-form.js';
import { anySchema } from '../schemas.js';
import { anyText } from '../text.js';
import { nullable, sparse } from './fields.js';

/** `response_format` (nested) or `text.format` (flat). */
export function outputFormat(form: WireForm): fc.Arbitrary<unknown> {
  const schema = sparse({
    name: nullable(anyText),
    description: nullable(anyText),
    strict: nullable(fc.boolean()),
    schema: nullable(anySchema.map((each) => ({ ...each, type: 'object' }))),
  }).map((fields) =>
    form === 'nested' ? { type: 'json_schema', json_schema: fields } : { type: 'json_schema', ...fields },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(null, { type: 'text' }, { type: 'json_object' }) },
    { weight: 2, arbitrary: schema },
  );
}
