import type { JsonObject } from '../openai/check-fields.js';

const TRIGGER = { type: 'compaction_trigger' } as const;

/**
 * The body of `POST /v1/responses/compact` as the one of `POST /v1/responses` that asks for the same (openai.md §2).
 * What is wrong with it stays wrong: it is checked there.
 */
export function compactRequest(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { input, previous_response_id } = body as JsonObject;
  // Neither is answered with a stream nor kept: what it makes goes into the next request.
  const request = { ...body, stream: false, store: false, background: false };
  if (typeof input === 'string') return { ...request, input: [{ role: 'user', content: input }, TRIGGER] };
  if (Array.isArray(input)) return { ...request, input: [...input, TRIGGER] };
  const isAbsent = input === undefined || input === null;
  return isAbsent && typeof previous_response_id === 'string' ? { ...request, input: [TRIGGER] } : request;
}
