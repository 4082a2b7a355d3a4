import type { Dispatcher } from 'undici';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import { classifyFailure } from '../../core/protocols/amazon-q/classify-failure.js';
import { decodeUsageLimits, type UsageLimits } from '../../core/protocols/amazon-q/decode-usage-limits.js';
import { type BoundedRequest, requestBounded } from './bounded-request.js';
import { parseJson } from './parse-json.js';
import type { Surface } from './surface.js';
import { USER_AGENT } from './user-agent.js';

const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * GetUsageLimits: what of its plan an account has used (amazon-q.md §8.2). Its owner's e-mail address is not asked for.
 * @param now epoch milliseconds
 * @returns undefined when the service names no limit
 * @throws GatewayError, classified
 */
export async function getUsageLimits(
  surface: Surface,
  accessToken: string,
  http: Dispatcher,
  now: number,
): Promise<UsageLimits | undefined> {
  const answer = await requestBounded(http, requestOf(surface, accessToken)).catch((error: unknown) => {
    throw connectionFailure('GetUsageLimits was not answered', error);
  });
  const { status, headers, body } = answer;
  if (status === 200) return decodeUsageLimits(parseJson(body), now);
  const type = headers['x-amzn-errortype'];
  throw classifyFailure({ status, body, ...(typeof type === 'string' && { type }) });
}

/** Control-plane calls go to the API endpoint's origin, whatever its path (contract §10.1). */
function requestOf({ apiEndpoint, binding, origin, profileArn }: Surface, accessToken: string): BoundedRequest {
  const fields = { origin, resourceType: 'AGENTIC_REQUEST', ...(profileArn && { profileArn }) };
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json', 'user-agent': USER_AGENT };
  if (binding === 'awsJson1.0') {
    return {
      method: 'POST',
      url: new URL('/', apiEndpoint),
      headers: {
        ...headers,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonCodeWhispererService.GetUsageLimits',
      },
      body: JSON.stringify({ ...fields, isEmailRequired: false }),
      maxAnswerBytes: MAX_ANSWER_BYTES,
    };
  }
  const url = new URL('/getUsageLimits', apiEndpoint);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  url.searchParams.set('isEmailRequired', 'false');
  return { method: 'GET', url, headers, maxAnswerBytes: MAX_ANSWER_BYTES };
}
