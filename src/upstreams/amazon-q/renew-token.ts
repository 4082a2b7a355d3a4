import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { type BoundedAnswer, requestBounded } from './bounded-request.js';
import { parseJson } from './parse-json.js';
import type { Credentials, RenewedToken, Surface } from './surface.js';
import { TokenRenewalError } from './token-renewal-error.js';
import { USER_AGENT } from './user-agent.js';

const MAX_ANSWER_BYTES = 64 * 1024;

const tokenSchema = z.looseObject({
  accessToken: z.string().min(1),
  expiresIn: z.number().positive(),
  refreshToken: z.string().min(1).nullish(),
});

const errorSchema = z.looseObject({
  error: z.string().optional(),
  __type: z.string().optional(),
  error_description: z.string().optional(),
});

/**
 * CreateToken with a refresh token (amazon-q.md §9.1): JSON in camelCase; form-encoded or snake_case bodies are refused.
 * @throws TokenRenewalError
 */
export async function renewToken(
  surface: Surface,
  credentials: Credentials,
  http: Dispatcher,
  now: number,
): Promise<RenewedToken> {
  const { clientId, clientSecret, refreshToken } = credentials;
  const answer = await requestBounded(http, {
    method: 'POST',
    url: new URL(surface.tokenEndpoint),
    headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': USER_AGENT },
    body: JSON.stringify({ clientId, clientSecret, grantType: 'refresh_token', refreshToken }),
    maxAnswerBytes: MAX_ANSWER_BYTES,
  }).catch((error: unknown) => {
    throw new TokenRenewalError('no_answer', 'The token endpoint did not answer', error);
  });
  if (answer.status !== 200) throw refusal(answer, credentials);

  const parsed = tokenSchema.safeParse(parseJson(answer.body));
  if (!parsed.success) throw new TokenRenewalError('bad_answer', 'The token endpoint answered without a token');
  const { accessToken, expiresIn, refreshToken: rotated } = parsed.data;
  return {
    accessToken,
    expiresAt: new Date(now + expiresIn * 1000),
    ...(rotated && rotated !== refreshToken ? { refreshToken: rotated } : {}),
  };
}

function refusal(answer: BoundedAnswer, credentials: Credentials): TokenRenewalError {
  const { data } = errorSchema.safeParse(parseJson(answer.body));
  const named = data?.error ?? data?.__type?.split('#').at(-1);
  // A 5xx is the service's own trouble whatever its body says.
  const isNamed = named !== undefined && /^[\w.-]{1,64}$/.test(named) && answer.status < 500;
  const code = isNamed ? named : `http_${answer.status}`;
  const said = withoutSecrets(data?.error_description ?? '', credentials);
  return new TokenRenewalError(code, `The token endpoint refused (${code})${said && `: ${said}`}`);
}

/** The service's words, short, in case they echo what was sent: long runs without a space are cut out. */
function withoutSecrets(text: string, { clientId, clientSecret, refreshToken }: Credentials): string {
  if ([clientId, clientSecret, refreshToken].some((secret) => text.includes(secret))) return '';
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\S{32,}/g, '…')
    .slice(0, 200);
}
