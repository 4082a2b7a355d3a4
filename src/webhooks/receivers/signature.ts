import { createHmac } from 'node:crypto';

const MARK = 'whsec_';
/** Of a secret (Standard Webhooks 1.0, "Signature scheme"). */
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes of chance in a secret that we make. */
export const SECRET_BYTES = 32;

export function formatSecret(random: Buffer): string {
  return MARK + random.toString('base64');
}

/** @returns what is wrong with a secret; undefined: nothing */
export function secretProblem(value: unknown): string | undefined {
  const bytes = typeof value === 'string' && value.length <= 200 && value.startsWith(MARK) && keyOf(value);
  if (bytes && bytes.length >= FEWEST_BYTES && bytes.length <= MOST_BYTES) return undefined;
  return `secret must be ${MARK} and ${FEWEST_BYTES} to ${MOST_BYTES} bytes in base64`;
}

export interface SignedContent {
  /** Of the event. */
  id: string;
  /** Of the attempt, epoch seconds. */
  timestamp: number;
  body: string;
}

/**
 * The header `webhook-signature` (Standard Webhooks 1.0): one `v1,…` for each secret, with spaces between.
 * @param secrets have no problem
 */
export function signatureOf({ id, timestamp, body }: SignedContent, secrets: readonly string[]): string {
  const content = `${id}.${timestamp}.${body}`;
  const signed = (secret: string) =>
    createHmac('sha256', keyOf(secret) ?? '')
      .update(content)
      .digest('base64');
  return secrets.map((secret) => `v1,${signed(secret)}`).join(' ');
}

function keyOf(secret: string): Buffer | undefined {
  const base64 = secret.slice(MARK.length);
  return BASE64.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}
