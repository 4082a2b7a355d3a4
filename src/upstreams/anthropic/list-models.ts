import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { connectionFailure } from '../../core/pool/connection-failure.js';
import { classifyFailure } from '../../core/protocols/anthropic-upstream/classify-failure.js';
import { parseRetryAfter } from '../../platform/network/retry-after.js';
import { requestBounded } from '../amazon-q/bounded-request.js';
import { parseJson } from '../amazon-q/parse-json.js';
import { USER_AGENT } from '../amazon-q/user-agent.js';
import { DEFAULT_VERSION } from './anthropic.upstream.js';
import type { Endpoint } from './endpoint.js';

const MAX_ANSWER_BYTES = 2 * 1024 * 1024;
const PAGE_SIZE = 1000;
/** A list that is longer than this goes round in circles. */
const MAX_PAGES = 20;
/** `claude-sonnet-4-5-20250929`: the API takes the name without its date as well and does not list it. */
const DATED = /^(claude-.+)-\d{8}$/;

const supported = z.looseObject({ supported: z.boolean() });
const limit = z.number().positive().nullish().catch(undefined);

const modelSchema = z.looseObject({
  id: z.string().regex(/^[\x21-\x7e]{1,256}$/),
  display_name: z.string().nullish().catch(undefined),
  max_input_tokens: limit,
  max_tokens: limit,
  // Said wrongly is like not said: no reason to lose the model.
  capabilities: z
    .looseObject({
      image_input: supported.nullish(),
      effort: z.record(z.string(), z.unknown()).nullish(),
      thinking: z.looseObject({ types: z.record(z.string(), z.unknown()).nullish() }).nullish(),
    })
    .nullish()
    .catch(undefined),
});

const pageSchema = z.looseObject({
  data: z.array(z.unknown()),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
});

/**
 * The models of an endpoint (anthropic.md §9), all pages. An entry that can't be read is left out.
 * @returns `unknown` where the endpoint has no such list
 * @throws GatewayError, classified
 */
export async function listModels(
  endpoint: Endpoint,
  key: string,
  http: Dispatcher,
): Promise<UpstreamModel[] | 'unknown'> {
  const models = new Map<string, UpstreamModel>();
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await askForPage(endpoint, key, http, after);
    if (answer.status === 404 || answer.status === 405) return 'unknown';
    const parsed = answer.status === 200 ? pageSchema.safeParse(parseJson(answer.body)) : undefined;
    if (!parsed?.success) {
      const retryAfter = parseRetryAfter(answer.headers['retry-after'], Date.now());
      throw classifyFailure({
        status: answer.status,
        body: Buffer.from(answer.body),
        isWhole: true,
        retryAfter,
        secret: key,
      });
    }
    const { data, has_more, last_id } = parsed.data;
    for (const entry of data) {
      const model = decodeModel(entry);
      if (model) models.set(model.id, model);
    }
    if (!has_more || !last_id || last_id === after) break;
    after = last_id;
  }
  return withUndated(models);
}

async function askForPage({ origin, prefix }: Endpoint, key: string, http: Dispatcher, after: string | undefined) {
  const url = new URL(`${origin}${prefix}/v1/models`);
  url.searchParams.set('limit', String(PAGE_SIZE));
  if (after !== undefined) url.searchParams.set('after_id', after);
  const headers = {
    'x-api-key': key,
    'anthropic-version': DEFAULT_VERSION,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': USER_AGENT,
  };
  try {
    return await requestBounded(http, { method: 'GET', url, headers, maxAnswerBytes: MAX_ANSWER_BYTES });
  } catch (cause) {
    throw connectionFailure('The list of models was not answered', cause);
  }
}

function decodeModel(entry: unknown): UpstreamModel | undefined {
  const { data } = modelSchema.safeParse(entry);
  if (!data) return undefined;
  const { id, display_name, max_input_tokens, max_tokens, capabilities } = data;
  return {
    id,
    ...(display_name && { name: display_name }),
    ...(max_input_tokens && { maxInputTokens: max_input_tokens }),
    ...(max_tokens && { maxOutputTokens: max_tokens }),
    ...(capabilities && {
      supportedInputTypes: capabilities.image_input?.supported ? ['TEXT', 'IMAGE'] : ['TEXT'],
      requestFieldsSchema: schemaOf(capabilities),
    }),
  };
}

/** What a model takes, in the form in which the other kind of account says it. */
function schemaOf({ thinking, effort }: NonNullable<z.output<typeof modelSchema>['capabilities']>) {
  const types = supportedIn(thinking?.types);
  const efforts = supportedIn(effort);
  return {
    properties: {
      max_tokens: {},
      ...(types.length > 0 && { thinking: { properties: { type: { enum: types } } } }),
      ...(efforts.length > 0 && { output_config: { properties: { effort: { enum: efforts } } } }),
    },
  };
}

function supportedIn(abilities: Record<string, unknown> | null | undefined): string[] {
  return Object.entries(abilities ?? {}).flatMap(([name, ability]) =>
    supported.safeParse(ability).data?.supported ? [name] : [],
  );
}

function withUndated(models: ReadonlyMap<string, UpstreamModel>): UpstreamModel[] {
  const all = new Map(models);
  for (const model of models.values()) {
    const id = DATED.exec(model.id)?.[1];
    if (id !== undefined && !all.has(id)) all.set(id, { ...model, id });
  }
  return [...all.values()];
}
