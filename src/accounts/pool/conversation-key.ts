import { createHash } from 'node:crypto';

/** As hard to meet by accident as a UUID. */
const BYTES = 16;

/**
 * Names a conversation within the whole gateway. What two callers call alike are two conversations, and nobody can read
 * from a key what the client called it.
 * @param caller the id of an API key
 * @param name as the client names it (`proxy/conversation-name.ts`)
 */
export function conversationKey(caller: string, name: string): string {
  return createHash('sha256').update(`${caller}\n${name}`).digest().subarray(0, BYTES).toString('base64url');
}
