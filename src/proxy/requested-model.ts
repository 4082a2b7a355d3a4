import type { Request } from 'express';

/** As everywhere (`core/protocols/anthropic/wire.ts`). */
const LONGEST_MODEL_NAME = 256;

/** The model that a request names, before anything else of it is looked at; undefined where there is no such name. */
export function requestedModelOf({ body }: Request): string | undefined {
  const { model } = (body ?? {}) as { model?: unknown };
  return typeof model === 'string' && model !== '' && model.length <= LONGEST_MODEL_NAME ? model : undefined;
}
