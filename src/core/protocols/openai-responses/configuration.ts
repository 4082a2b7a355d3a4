import { isAbsent, type JsonObject, optionalObject, optionalString } from '../openai/check-fields.js';
import type { PlacedItem } from './place-items.js';

/** What an answer is to be like, as far as items may change it. */
export interface Configuration {
  readonly effort: string | undefined;
  /** `text.format` as it was sent. */
  readonly format: unknown;
  /** Where the format stood, such as `text.format`. */
  readonly formatParam: string;
}

/**
 * The configuration that holds in the end: each setting stays until a later one replaces it (openai.md §6,
 * `configuration_update`). The request's own fields come after what earlier requests said, and before its own items.
 * @throws GatewayError `invalid_request`
 */
export function decodeConfiguration(
  fields: JsonObject,
  previous: readonly PlacedItem[],
  own: readonly PlacedItem[],
): Configuration {
  let configuration: Configuration = { effort: undefined, format: undefined, formatParam: 'text.format' };
  for (const { item, param } of previous) configuration = updated(configuration, item, `${param}.`);
  configuration = withFields(configuration, fields, '');
  for (const { item, param } of own) configuration = updated(configuration, item, `${param}.`);
  return configuration;
}

function updated(before: Configuration, item: JsonObject, prefix: string): Configuration {
  return item.type === 'configuration_update' ? withFields(before, item, prefix) : before;
}

function withFields(before: Configuration, fields: JsonObject, prefix: string): Configuration {
  const { effort } = optionalObject(fields.reasoning, `${prefix}reasoning`) ?? {};
  const { format } = optionalObject(fields.text, `${prefix}text`) ?? {};
  return {
    effort: optionalString(effort, `${prefix}reasoning.effort`) ?? before.effort,
    ...(isAbsent(format)
      ? { format: before.format, formatParam: before.formatParam }
      : { format, formatParam: `${prefix}text.format` }),
  };
}
