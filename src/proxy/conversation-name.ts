import type { IncomingHttpHeaders } from 'node:http';

/** How a client names the conversation that a request belongs to. */
export interface ConversationName {
  name: string;
  /** False where people name their program or user as well: several conversations may go by it. */
  isUnique: boolean;
}

/**
 * Headers in which clients name their conversation: any client, Claude Code, Codex (openai.md §3), Codex as it was in
 * 2025.
 */
const HEADERS = [
  'x-conversation-id',
  'x-claude-code-session-id',
  'thread-id',
  'session-id',
  'conversation_id',
  'session_id',
] as const;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Claude Code before it wrote JSON: `user_…_account_…_session_…`. */
const SESSION_AT_END = /_session_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
/** As many characters of a name count. Nobody's `user_id` is longer that is JSON. */
const LONGEST_NAME = 10_000;

/**
 * What a client calls the conversation; undefined: nothing.
 * @param userId `metadata.user_id` of a Messages request
 * @param cacheKey `prompt_cache_key` of an OpenAI request: Codex puts the id of its thread there, a UUID (openai.md §11)
 */
export function conversationNameOf(
  headers: IncomingHttpHeaders,
  userId: unknown,
  cacheKey: string | undefined,
): ConversationName | undefined {
  for (const header of HEADERS) {
    const name = textOf(headers[header]);
    if (name) return { name, isUnique: true };
  }
  const key = textOf(cacheKey);
  if (key) return { name: key, isUnique: UUID.test(key) };
  const user = textOf(userId);
  if (!user) return undefined;
  const session = sessionOf(user);
  return session ? { name: session, isUnique: true } : { name: user, isUnique: false };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, LONGEST_NAME).trim() : undefined;
}

/** Claude Code puts JSON text into `metadata.user_id` (anthropic.md §10). */
function sessionOf(userId: string): string | undefined {
  if (!userId.startsWith('{')) return SESSION_AT_END.exec(userId)?.[1];
  try {
    return textOf(JSON.parse(userId).session_id);
  } catch {
    return undefined;
  }
}
