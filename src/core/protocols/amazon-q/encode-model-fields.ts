import type { MessagesRequest } from '../../messages/vocabulary.js';

interface Schema {
  properties?: Record<string, Schema>;
  enum?: unknown[];
  maximum?: number;
}

/**
 * `additionalModelRequestFields`: thinking, effort and output limit, each only where the model's own schema has it
 * (amazon-q.md §2.9, §7.1); a field the model doesn't know would be a 400.
 */
export function encodeModelFields(
  request: MessagesRequest,
  schema: Schema | undefined,
): Record<string, unknown> | undefined {
  const offered = schema?.properties;
  if (!offered) return undefined;
  const fields: Record<string, unknown> = {};

  const thinking = request.thinking?.type;
  if (offered.thinking && (thinking === 'enabled' || thinking === 'adaptive')) {
    fields.thinking = { type: 'adaptive', display: 'summarized' };
  } else if (thinking === 'disabled' && offered.thinking?.properties?.type?.enum?.includes('disabled')) {
    fields.thinking = { type: 'disabled' };
  }
  const effort = request.output_config?.effort;
  if (effort && offered.output_config?.properties?.effort?.enum?.includes(effort)) fields.output_config = { effort };
  if (offered.max_tokens && request.max_tokens > 0) {
    fields.max_tokens = Math.min(request.max_tokens, offered.max_tokens.maximum ?? request.max_tokens);
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}
