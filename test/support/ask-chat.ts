import { post } from './ask.js';
import { type ChatStream, readChatStream } from './chat-streams.js';
import type { RunningGateway } from './start-gateway.js';

export const CHAT_QUESTION = { model: 'claude-sonnet-5', messages: [{ role: 'user', content: 'Hello' }] };

/** Posts to `/v1/chat/completions` with a good key; anything may be overridden. */
export function postChat(gateway: RunningGateway, fields: object = {}, init: RequestInit = {}): Promise<Response> {
  return post(gateway, { ...CHAT_QUESTION, ...fields }, { path: '/v1/chat/completions', ...init });
}

/** Streams one answer, to its last byte. */
export async function streamedChat(gateway: RunningGateway, fields: object = {}): Promise<ChatStream> {
  const response = await postChat(gateway, { stream: true, ...fields });
  return readChatStream(await response.text());
}
