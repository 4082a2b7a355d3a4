import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import { classifyFailure } from '../../core/protocols/amazon-q/classify-failure.js';
import { type BoundedRequest, requestBounded } from './bounded-request.js';
import { parseJson } from './parse-json.js';
import type { Surface } from './surface.js';
import { USER_AGENT } from './user-agent.js';

const MAX_ANSWER_BYTES = 512 * 1024;
/** What the service allows, and how far AWS' own clients go (amazon-q.md §8.3). */
const PAGE_SIZE = 10;
const MAX_PAGES = 10;
const MAX_PROFILES = PAGE_SIZE * MAX_PAGES;

const pageSchema = z.looseObject({ profiles: z.array(z.unknown()).nullish(), nextToken: z.string().nullish() });

const profileSchema = z.looseObject({
  arn: z
    .string()
    .max(1_024)
    .regex(/^arn:[^:\s]+:[^:\s]+:[a-z0-9-]+:[\x21-\x7e]+$/),
  profileName: z.string().max(1_000).nullish(),
});

/** A profile an organisation lets an account use. */
export interface ListedProfile {
  arn: string;
  name: string;
  /** Where it works: of its ARN. */
  region: string;
}

/**
 * ListAvailableProfiles of one region's host (amazon-q.md §8.3), at most 100. An entry that can't be read is left out.
 * @throws GatewayError, classified
 */
export async function listProfiles(
  surface: Pick<Surface, 'apiEndpoint' | 'binding'>,
  accessToken: string,
  http: Dispatcher,
): Promise<ListedProfile[]> {
  const profiles = new Map<string, ListedProfile>();
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await requestBounded(http, pageRequest(surface, accessToken, nextToken)).catch((error: unknown) => {
      throw connectionFailure('ListAvailableProfiles was not answered', error);
    });
    const parsed = answer.status === 200 ? pageSchema.safeParse(parseJson(answer.body)) : undefined;
    if (!parsed?.success) {
      const type = answer.headers['x-amzn-errortype'];
      throw classifyFailure({ status: answer.status, body: answer.body, ...(typeof type === 'string' && { type }) });
    }
    for (const entry of parsed.data.profiles ?? []) {
      const profile = decodeProfile(entry);
      if (profile && profiles.size < MAX_PROFILES) profiles.set(profile.arn, profile);
    }
    nextToken = parsed.data.nextToken || undefined;
    if (nextToken === undefined) break;
  }
  return [...profiles.values()];
}

/** Control-plane calls go to the API endpoint's origin, whatever its path (contract §10.1). */
function pageRequest(
  { apiEndpoint, binding }: Pick<Surface, 'apiEndpoint' | 'binding'>,
  accessToken: string,
  nextToken: string | undefined,
): BoundedRequest {
  const isRest = binding === 'restJson1';
  return {
    method: 'POST',
    url: new URL(isRest ? '/ListAvailableProfiles' : '/', apiEndpoint),
    headers: {
      authorization: `Bearer ${accessToken}`,
      accept: 'application/json',
      'user-agent': USER_AGENT,
      'content-type': isRest ? 'application/json' : 'application/x-amz-json-1.0',
      ...(!isRest && { 'x-amz-target': 'AmazonCodeWhispererService.ListAvailableProfiles' }),
    },
    body: JSON.stringify({ maxResults: PAGE_SIZE, ...(nextToken && { nextToken }) }),
    maxAnswerBytes: MAX_ANSWER_BYTES,
  };
}

function decodeProfile(entry: unknown): ListedProfile | undefined {
  const { data } = profileSchema.safeParse(entry);
  if (!data) return undefined;
  const { arn, profileName } = data;
  return { arn, name: profileName || arn, region: arn.split(':')[3] ?? '' };
}
