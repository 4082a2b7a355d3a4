import { createHash } from 'node:crypto';

/**
 * The id under which upstream knows a conversation (amazon-q.md §2.2: send a UUID). Always the same for a conversation,
 * in every replica and after a restart.
 * @param seed tells the conversation from all others
 * @param generation how many ids of this conversation upstream refused before
 */
export function upstreamConversationId(seed: string, generation: number): string {
  const bytes = createHash('sha256').update(`${seed}\n${generation}`).digest();
  // Looks like those that official clients make by chance: version 4, variant 1 (RFC 9562 §5.4).
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
