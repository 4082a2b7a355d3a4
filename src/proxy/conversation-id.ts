import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { MessagesRequest } from '../core/messages/vocabulary.js';

/** What upstream takes as an id (amazon-q.md §2.2). */
const USABLE = /^[A-Za-z0-9_-]{1,128}$/;

/** What else people name a cache after, such as their program, would make one conversation of all. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Headers in which clients name their conversation: any client, Claude Code, Codex (openai.md §3). */
const HEADERS = ['x-conversation-id', 'x-claude-code-session-id', 'thread-id', 'session-id'] as const;

/**
 * The id a client gives its conversation, so that all its turns go upstream under one; else a new one.
 * @param cacheKey `prompt_cache_key` of an OpenAI request: Codex puts the id of its thread there, a UUID (openai.md §11)
 */
export function conversationIdOf(request: MessagesRequest, headers: IncomingHttpHeaders, cacheKey?: string): string {
  const candidates = [
    ...HEADERS.map((name) => headers[name]),
    sessionInUserId(request.metadata?.user_id),
    cacheKey !== undefined && UUID.test(cacheKey) ? cacheKey : undefined,
  ];
  return candidates.find((id): id is string => typeof id === 'string' && USABLE.test(id)) ?? randomUUID();
}

/** Claude Code puts JSON text into `metadata.user_id` (anthropic.md §10). */
function sessionInUserId(userId: string | null | undefined): unknown {
  if (!userId?.startsWith('{')) return undefined;
  try {
    return JSON.parse(userId).session_id;
  } catch {
    return undefined;
  }
}
