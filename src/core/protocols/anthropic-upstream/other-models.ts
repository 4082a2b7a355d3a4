import { GatewayError } from '../../errors.js';
import { isObject } from '../anthropic/check-shape.js';

/** Each one costs work, and nobody who means it names as many. */
const MOST_MODELS = 20;

/**
 * The models that a request names beside its own, and that an endpoint may ask in its place: those of `fallbacks`
 * (anthropic.md §3) and of tools that are models, such as an advisor (§4), also of one that is added on the way (§5).
 * @param body a request of the Messages API, parsed and not checked
 * @throws GatewayError `invalid_request` for more than 20 of them
 */
export function otherModelsOf(body: unknown): ReadonlySet<string> {
  const models = new Set<string>();
  const add = (named: unknown) => {
    const model = isObject(named) ? named.model : named;
    if (typeof model !== 'string') return;
    models.add(model);
    if (models.size > MOST_MODELS) {
      throw new GatewayError('invalid_request', `fallbacks, tools: They name more than ${MOST_MODELS} models`);
    }
  };
  const { fallbacks, tools, messages } = isObject(body) ? body : {};
  if (typeof fallbacks === 'string') add(fallbacks);
  for (const fallback of listOf(fallbacks)) add(fallback);
  for (const tool of listOf(tools)) if (isObject(tool)) add(tool);
  for (const message of listOf(messages)) {
    for (const block of listOf(isObject(message) ? message.content : undefined)) {
      if (!isObject(block) || block.type !== 'tool_addition' || !isObject(block.tool)) continue;
      add(block.tool);
      if (isObject(block.tool.definition)) add(block.tool.definition);
    }
  }
  return models;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
