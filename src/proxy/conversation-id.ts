import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { MessagesRequest } from '../core/messages/vocabulary.js';

/** What upstream takes as an id (amazon-q.md §2.2). */
const USABLE = /^[A-Za-z0-9_-]{1,128}$/;

/** The id a client gives its conversation, so that all its turns go upstream under one; else a new one. */
export function conversationIdOf(request: MessagesRequest, headers: IncomingHttpHeaders): string {
  const candidates = [
    headers['x-conversation-id'],
    headers['x-claude-code-session-id'],
    sessionInUserId(request.metadata?.user_id),
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
