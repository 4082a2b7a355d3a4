import { crc32 } from 'node:zlib';

/** Bytes of chance in a key. */
export const KEY_RANDOM_BYTES = 32;

const MARK = 'amq_';
const RANDOM_CHARACTERS = 43; // 32 bytes as base64url
const CHECKSUM_CHARACTERS = 6; // 4 bytes as base64url
const GENERATED = new RegExp(`^${MARK}[A-Za-z0-9_-]{${RANDOM_CHARACTERS + CHECKSUM_CHARACTERS}}$`);

/**
 * A key: `amq_`, chance, and a CRC-32 of both, so that a typo is told from a foreign key without a look at the
 * database, and a scanner for leaked secrets has no false alarms.
 */
export function formatApiKey(random: Buffer): string {
  const body = MARK + random.toString('base64url');
  return body + checksum(body);
}

/** Has the shape of a key of ours, but a character of it is wrong. */
export function isMistypedApiKey(text: string): boolean {
  return GENERATED.test(text) && !hasRightChecksum(text);
}

/** Has the shape and the checksum of a key of ours: nobody guesses the chance in it. */
export function isGeneratedApiKey(text: string): boolean {
  return GENERATED.test(text) && hasRightChecksum(text);
}

/**
 * The part of a key that may be shown, so that its owner knows it again. An operator's own text (`ADMIN_API_KEY`) may
 * be short, so that less of it is shown.
 */
export function displayPrefix(key: string): string {
  return key.slice(0, GENERATED.test(key) ? MARK.length + 6 : 4);
}

function hasRightChecksum(text: string): boolean {
  return checksum(text.slice(0, -CHECKSUM_CHARACTERS)) === text.slice(-CHECKSUM_CHARACTERS);
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64url');
}
