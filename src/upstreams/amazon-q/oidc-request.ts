import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { parseRetryAfter } from '../../platform/network/retry-after.js';
import { type BoundedAnswer, requestBounded } from './bounded-request.js';
import { OidcError } from './oidc-error.js';
import { parseJson } from './parse-json.js';
import { USER_AGENT } from './user-agent.js';

const MAX_ANSWER_BYTES = 64 * 1024;
const LONGEST_WORDS = 200;
const WRONG_REGION = 'InvalidRequestRegionException';
const AWS_REGION = /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** A client as AWS SSO OIDC knows it. */
export interface OidcClient {
  clientId: string;
  clientSecret: string;
}

const errorSchema = z.looseObject({
  error: z.string().optional(),
  __type: z.string().optional(),
  error_description: z.string().optional(),
  message: z.string().optional(),
  endpoint: z.string().optional(),
  region: z.string().optional(),
});

/**
 * One operation of AWS SSO OIDC (amazon-q.md §9.1): a POST of JSON in camelCase; form-encoded or snake_case bodies are
 * refused.
 * @param secrets values of `body` that no message may repeat
 * @throws OidcError when it is refused, not answered, or the answer lacks what `schema` wants
 */
export async function askOidc<Answer>(
  http: Dispatcher,
  url: URL,
  body: object,
  schema: z.ZodType<Answer>,
  secrets: readonly string[] = [],
): Promise<Answer> {
  const answer = await requestBounded(http, {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': USER_AGENT },
    body: JSON.stringify(body),
    maxAnswerBytes: MAX_ANSWER_BYTES,
  }).catch((error: unknown) => {
    throw new OidcError('no_answer', `${url.host} did not answer${codeIn(error)}`, undefined, error);
  });
  if (answer.status !== 200) throw refusal(answer, url, secrets);
  const parsed = schema.safeParse(parseJson(answer.body));
  // The cause would hold the answer, and with it tokens.
  if (!parsed.success) throw new OidcError('bad_answer', `${url.host} gave an answer that can't be read`);
  return parsed.data;
}

/** Such as ` (ECONNREFUSED)` or ` (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`: whoever operates this network knows what to do. */
function codeIn(error: unknown): string {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? ` (${code})` : '';
}

function refusal({ status, headers, body }: BoundedAnswer, url: URL, secrets: readonly string[]): OidcError {
  const { data } = errorSchema.safeParse(parseJson(body));
  const type = typeIn(headers, data?.__type);
  // Its `error` is invalid_request, like that of others.
  const named = type === WRONG_REGION ? type : (data?.error ?? type);
  // A 5xx is the service's own trouble whatever its body says.
  const isNamed = named !== undefined && /^[\w.-]{1,64}$/.test(named) && status < 500;
  const code = isNamed ? named : `http_${status}`;
  const region = data?.region && AWS_REGION.test(data.region) ? data.region : undefined;
  const place = region ? ` (region ${region})` : '';
  const said = withoutSecrets(data?.error_description ?? data?.message ?? '', secrets) + place;
  return new OidcError(code, `${url.host} refused (${code})${said && `: ${said}`}`, said || undefined, undefined, {
    status,
    ...(region && { region }),
    retryAfter: parseRetryAfter(headers['retry-after'], Date.now()),
  });
}

/** The type without its namespace and without the address that may follow it (amazon-q.md §6.1). */
function typeIn(headers: IncomingHttpHeaders, inBody: string | undefined): string | undefined {
  const { 'x-amzn-errortype': inHeader } = headers;
  const type = typeof inHeader === 'string' ? inHeader.split(':')[0] : inBody;
  return type?.split('#').at(-1);
}

/** The service's words, short, in case they echo what was sent: long runs without a space are cut out. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  if (secrets.some((secret) => text.includes(secret))) return '';
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\S{32,}/g, '…')
    .slice(0, LONGEST_WORDS)
    .trim();
}
