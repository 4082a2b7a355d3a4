import type { ResponseUsage } from 'openai/resources/responses/responses';
import type { JsonObject } from '../openai/check-fields.js';
import type { ResponseObject } from './response-object.js';
import type { Item } from './responses-request.js';

/** The answer of `POST /v1/responses/compact`. */
export interface CompactedResponse {
  id: string;
  object: 'response.compaction';
  created_at: number;
  /** All messages of the user, then one item `compaction`: the beginning of the next request's input. */
  output: JsonObject[];
  usage: ResponseUsage | null;
}

/** @param conversation what was compacted, oldest first */
export function compactedResponse(response: ResponseObject, conversation: readonly Item[]): CompactedResponse {
  const { id, created_at, usage } = response;
  const said = conversation.filter(isOfUser).map((item, index) => outputMessage(item, id, index));
  const output = [...said, ...response.output.map((item): JsonObject => ({ ...item }))];
  return { id, object: 'response.compaction', created_at, output, usage };
}

function isOfUser({ type, role }: Item): boolean {
  return role === 'user' && (type === undefined || type === null || type === 'message');
}

function outputMessage({ id, content }: Item, responseId: string, index: number): JsonObject {
  const given = typeof id === 'string' && id !== '';
  return {
    id: given ? id : `${responseId.replace('resp_', 'msg_')}u${index}`,
    type: 'message',
    status: 'completed',
    role: 'user',
    content: typeof content === 'string' ? [{ type: 'input_text', text: content }] : content,
  };
}
