import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { GatewayError } from '../../core/errors.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import { classifyFailure } from '../../core/protocols/amazon-q/classify-failure.js';
import { type BoundedAnswer, type BoundedRequest, requestBounded } from './bounded-request.js';
import { parseJson } from './parse-json.js';
import type { Surface } from './surface.js';
import { USER_AGENT } from './user-agent.js';

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
const PAGE_SIZE = 50;
/** A list that is longer than this goes round in circles. */
const MAX_PAGES = 20;

const modelSchema = z.looseObject({
  modelId: z.string().regex(/^[\w:.-]{1,1024}$/),
  modelName: z.string().nullish(),
  tokenLimits: z
    .looseObject({ maxInputTokens: z.number().positive().nullish(), maxOutputTokens: z.number().positive().nullish() })
    .nullish(),
  // Said wrongly is like not said: no reason to lose the model.
  rateMultiplier: z.number().nonnegative().nullish().catch(undefined),
  supportedInputTypes: z.array(z.string()).nullish().catch(undefined),
  additionalModelRequestFieldsSchema: z.record(z.string(), z.unknown()).nullish(),
});

const pageSchema = z.looseObject({ models: z.array(z.unknown()), nextToken: z.string().nullish() });

/**
 * The models one account may use (amazon-q.md §7.1), all pages. An entry that can't be read is left out.
 * @throws GatewayError, classified
 */
export async function listModels(surface: Surface, accessToken: string, http: Dispatcher): Promise<UpstreamModel[]> {
  const models = new Map<string, UpstreamModel>();
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await requestBounded(http, pageRequest(surface, accessToken, nextToken)).catch((error: unknown) => {
      throw connectionFailure('ListAvailableModels was not answered', error);
    });
    const parsed = answer.status === 200 ? pageSchema.safeParse(parseJson(answer.body)) : undefined;
    if (!parsed?.success) throw refusal(answer);
    for (const entry of parsed.data.models) {
      const model = decodeModel(entry);
      if (model) models.set(model.id, model);
    }
    nextToken = parsed.data.nextToken || undefined;
    if (nextToken === undefined) break;
  }
  return [...models.values()];
}

function refusal({ status, headers, body }: BoundedAnswer): GatewayError {
  const type = headers['x-amzn-errortype'];
  return classifyFailure({ status, body, ...(typeof type === 'string' && { type }) });
}

/** Control-plane calls go to the API endpoint's origin, whatever its path (contract §10.1). */
function pageRequest(surface: Surface, accessToken: string, nextToken: string | undefined): BoundedRequest {
  const { origin, profileArn } = surface;
  const fields = { origin, maxResults: PAGE_SIZE, ...(nextToken && { nextToken }), ...(profileArn && { profileArn }) };
  const headers = {
    authorization: `Bearer ${accessToken}`,
    accept: 'application/json',
    'user-agent': USER_AGENT,
  };
  if (surface.binding === 'awsJson1.0') {
    return {
      method: 'POST',
      url: new URL('/', surface.apiEndpoint),
      headers: {
        ...headers,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonCodeWhispererService.ListAvailableModels',
      },
      body: JSON.stringify(fields),
      maxAnswerBytes: MAX_ANSWER_BYTES,
    };
  }
  const url = new URL('/ListAvailableModels', surface.apiEndpoint);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, String(value));
  return { method: 'GET', url, headers, maxAnswerBytes: MAX_ANSWER_BYTES };
}

function decodeModel(entry: unknown): UpstreamModel | undefined {
  const { data } = modelSchema.safeParse(entry);
  if (!data) return undefined;
  const { modelId, modelName, tokenLimits, supportedInputTypes, rateMultiplier } = data;
  const { additionalModelRequestFieldsSchema: requestFieldsSchema } = data;
  return {
    id: modelId,
    ...(modelName && { name: modelName }),
    ...(tokenLimits?.maxInputTokens && { maxInputTokens: tokenLimits.maxInputTokens }),
    ...(tokenLimits?.maxOutputTokens && { maxOutputTokens: tokenLimits.maxOutputTokens }),
    ...(typeof rateMultiplier === 'number' && { rateMultiplier }),
    ...(supportedInputTypes && { supportedInputTypes }),
    ...(requestFieldsSchema && { requestFieldsSchema }),
  };
}
