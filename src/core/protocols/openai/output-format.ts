import type { MessagesRequest } from '../../messages/vocabulary.js';
import {
  isAbsent,
  type JsonObject,
  objectOf,
  oneOf,
  optionalBoolean,
  optionalObject,
  optionalString,
} from './check-fields.js';
import type { WireForm } from './wire-form.js';

export type OutputFormat = NonNullable<NonNullable<MessagesRequest['output_config']>['format']>;

const TYPES = ['text', 'json_object', 'json_schema'] as const;
const ANY_OBJECT = { type: 'object' } as const;

/**
 * `response_format` (nested) or `text.format` (flat) as `output_config.format`; undefined where text is asked for.
 * @throws GatewayError `invalid_request`
 */
export function decodeOutputFormat(value: unknown, param: string, form: WireForm): OutputFormat | undefined {
  if (isAbsent(value)) return undefined;
  const format = objectOf(value, param);
  switch (oneOf(format.type, `${param}.type`, TYPES)) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_schema', schema: ANY_OBJECT };
    case 'json_schema':
      return form === 'flat'
        ? decodeSchema(format, param)
        : decodeSchema(objectOf(format.json_schema, `${param}.json_schema`), `${param}.json_schema`);
  }
}

/** Whether strict or not, the answer is made to conform. */
function decodeSchema(fields: JsonObject, param: string): OutputFormat {
  optionalString(fields.name, `${param}.name`);
  optionalBoolean(fields.strict, `${param}.strict`);
  const description = optionalString(fields.description, `${param}.description`);
  const schema = optionalObject(fields.schema, `${param}.schema`) ?? ANY_OBJECT;
  const isDescribed = !description || 'description' in schema;
  return { type: 'json_schema', schema: isDescribed ? schema : { ...schema, description } };
}
