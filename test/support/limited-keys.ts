import { adminApi } from './admin-api.js';
import { post, QUESTION } from './ask.js';
import type { RunningGateway } from './start-gateway.js';

/** A key of a gateway, and what it is asked with. */
export interface LimitedKey {
  id: string;
  secret: string;
}

let made = 0;

/** Makes a key that may use so much, or so many models. */
export async function limitedKey(gateway: RunningGateway, limits: object): Promise<LimitedKey> {
  const body = { name: `limited ${++made}`, ...limits };
  const answer = await adminApi(() => gateway)('POST', '/v2/api-keys', { body });
  if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return { id: answer.body.id, secret: answer.body.key };
}

/** A path of the model API, and a question in its form. */
export const PROTOCOLS = ['/v1/messages', '/v1/chat/completions', '/v1/responses'] as const;
export type ProtocolPath = (typeof PROTOCOLS)[number];

const { model, max_tokens, messages } = QUESTION;
const QUESTIONS: Readonly<Record<ProtocolPath, object>> = {
  '/v1/messages': QUESTION,
  '/v1/chat/completions': { model, max_tokens, messages },
  '/v1/responses': { model, input: 'Hello', max_output_tokens: max_tokens, store: false },
};

/** Asks with a key; fields of the question may be overridden. */
export function askWith(
  gateway: RunningGateway,
  { secret }: LimitedKey,
  path: ProtocolPath = '/v1/messages',
  fields: object = {},
  init: RequestInit = {},
): Promise<Response> {
  return post(gateway, { ...QUESTIONS[path], ...fields }, { path, headers: { 'x-api-key': secret }, ...init });
}
