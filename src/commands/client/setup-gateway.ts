import { z } from 'zod';
import { RefusedError, RemoteGateway } from '../remote-gateway.js';
import { type Surroundings, UsageError } from '../surroundings.js';
import type { GatewaySettings } from './client-settings.js';

/** Used without a look at the gateway's list. */
const USUAL_MODEL = 'claude-sonnet-4-5';
const FAMILIES = ['opus', 'sonnet', 'haiku'] as const;
const MODEL_NAME = /^[\w.:/@[\]-]{1,200}$/;
const ANTHROPIC = { 'anthropic-version': '2023-06-01' };

const modelSchema = z.object({ id: z.string(), max_input_tokens: z.number().nullish(), line: z.string().nullish() });
const listSchema = z.object({ data: z.array(modelSchema) });
const createdSchema = z.object({ id: z.string(), key: z.string() });

export interface CreatedKey {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

type Model = z.infer<typeof modelSchema>;

/** @throws UsageError when the name can't be one */
export function modelName(given: string): string {
  if (!MODEL_NAME.test(given)) throw new UsageError('--model: a name such as claude-sonnet-4-5');
  return given;
}

/**
 * Asks the gateway whether the key is good and the model known.
 * @param model undefined: the newest Sonnet it lists, else its newest model
 * @throws Error in words for the user
 */
export async function askGateway(
  url: string,
  key: string,
  model: string | undefined,
  surroundings: Surroundings,
): Promise<GatewaySettings> {
  const gateway = RemoteGateway.withKey(url, key, surroundings);
  const models = (await askModels(gateway, url, '/v1/models?limit=1000', listSchema)).data;
  const newest = (line: string) => models.find((listed) => listed.line === line)?.id;
  const families = new Map(
    FAMILIES.flatMap((line) => {
      const id = newest(line);
      return id === undefined ? [] : [[line, id] as const];
    }),
  );
  const name = model ?? families.get('sonnet') ?? models[0]?.id;
  if (name === undefined) {
    throw new Error(
      `${url} lists no model: has it an account that works? \`amq-gateway doctor\` tells; or take --model`,
    );
  }
  const chosen = await askModel(gateway, url, name, models);
  return { url, key, model: name, window: chosen.max_input_tokens ?? undefined, families };
}

/** The same without a look. */
export function unaskedGateway(url: string, key: string, model = USUAL_MODEL): GatewaySettings {
  return { url, key, model, window: undefined, families: new Map() };
}

/** @throws Error with the gateway's words */
export async function createKey(
  adminUrl: string,
  adminKey: string,
  name: string,
  surroundings: Surroundings,
): Promise<CreatedKey> {
  const gateway = RemoteGateway.withKey(adminUrl, adminKey, surroundings);
  const { id, key } = await gateway.askJson(createdSchema, '/v2/api-keys', 'POST', { name }).catch((error) => {
    throw Error.isError(error) ? new Error(`No key was made: ${error.message}`) : error;
  });
  return { id, name, key };
}

/** @returns whether it is gone */
export async function removeKey(
  adminUrl: string,
  adminKey: string,
  { id }: CreatedKey,
  surroundings: Surroundings,
): Promise<boolean> {
  const gateway = RemoteGateway.withKey(adminUrl, adminKey, surroundings);
  return gateway.ask(`/v2/api-keys/${encodeURIComponent(id)}`, { method: 'DELETE' }).then(
    () => true,
    () => false,
  );
}

async function askModel(gateway: RemoteGateway, url: string, name: string, models: readonly Model[]): Promise<Model> {
  try {
    return await askModels(gateway, url, `/v1/models/${encodeURIComponent(name)}`, modelSchema);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
    const names = models.map(({ id }) => id).join(', ');
    throw new Error(`${url} knows no model ${name}. It lists: ${names || 'none'}`);
  }
}

async function askModels<Answer>(
  gateway: RemoteGateway,
  url: string,
  path: string,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const response = await gateway.ask(path, { headers: ANTHROPIC }).catch((error) => {
    if (error instanceof RefusedError && (error.status === 401 || error.status === 403)) {
      throw new Error(`${url} does not let this key use its models: ${error.message}`);
    }
    throw error;
  });
  const answer = schema.safeParse(await response.json().catch(() => undefined));
  if (answer.success) return answer.data;
  throw new Error(`${url} is no gateway that this program knows: GET ${path} gave another answer`);
}
