import type { RefreshFailure, SimulatedAccountOptions, SimulatedProfile } from '../account.js';
import { defaultModels, type SimulatedModel, simulatedModel } from '../model-list.js';
import { readErrorAnswer } from './control-answer.js';
import {
  InvalidInput,
  type Reader,
  readBoolean,
  readChoice,
  readFields,
  readListOf,
  readNumber,
  readObject,
  readRemovable,
  readText,
} from './read-fields.js';

const milliseconds = readNumber(0, 3_600_000);
const count = readNumber(0, Number.MAX_SAFE_INTEGER);

const quotaFields = {
  used: count,
  limit: count,
  nextDateReset: count,
  status: readChoice(400, 402, 429),
};

const scriptFields = {
  suspended: readBoolean,
  featureGate: ((value, path) => (typeof value === 'string' ? value : readBoolean(value, path))) as Reader<
    string | boolean
  >,
  quota: ((value, path) => readFields(value, path, quotaFields)) as Reader<SimulatedAccountOptions['quota']>,
  models: readListOf(readModel),
  latencyMs: milliseconds,
  rotate: readBoolean,
  refreshFailure: readRemovable(readRefreshFailure),
  refreshLatencyMs: milliseconds,
  refreshAnswerLatencyMs: milliseconds,
  ssoRegion: readRemovable(readText),
  controlPlaneFailure: readRemovable(readErrorAnswer),
};

const identityFields = {
  id: readText,
  clientId: readText,
  clientSecret: readText,
  refreshToken: readText,
  accessToken: readText,
  kind: readChoice('builder-id', 'identity-center', 'social'),
  profileArn: readText,
  profiles: readListOf(readProfile),
  email: readText,
};

/** An account to be added: who it is, and its script. */
export function readNewAccount(value: unknown): Partial<SimulatedAccountOptions> {
  return readFields(value, 'body', { ...identityFields, ...scriptFields });
}

/** Changes to an account's script; a field set to null is taken away. */
export function readScriptChanges(value: unknown): Partial<SimulatedAccountOptions> {
  return readFields(value, 'body', scriptFields);
}

/** A model's id, or an object with an id and what is special about it. */
function readModel(value: unknown, path: string): SimulatedModel {
  if (typeof value === 'string') {
    return defaultModels().find((model) => model.modelId === value) ?? simulatedModel(value);
  }
  const { modelId, ...changes } = readFields(value, path, {
    modelId: readText,
    modelName: readText,
    description: readText,
    rateMultiplier: count,
    tokenLimits: ((limits, limitsPath) => {
      const read = readFields(limits, limitsPath, { maxInputTokens: count, maxOutputTokens: count });
      return { maxInputTokens: 200_000, maxOutputTokens: 64_000, ...read };
    }) as Reader<SimulatedModel['tokenLimits']>,
    supportedInputTypes: readListOf(readChoice('TEXT', 'IMAGE')),
    additionalModelRequestFieldsSchema: readObject,
    takesDocuments: readBoolean,
  });
  if (modelId === undefined) {
    throw new InvalidInput(`${path}.modelId is missing`);
  }
  return simulatedModel(modelId, changes);
}

function readProfile(value: unknown, path: string): SimulatedProfile {
  const { arn, name = 'profile' } = readFields(value, path, { arn: readText, name: readText });
  if (arn === undefined) {
    throw new InvalidInput(`${path}.arn is missing`);
  }
  return { arn, name };
}

/** `{failures: […]}`: what the next polls of a sign-in by device get. */
export function readPollFailures(value: unknown): RefreshFailure[] {
  return readFields(value, 'body', { failures: readListOf(readRefreshFailure) }).failures ?? [];
}

function readRefreshFailure(value: unknown, path: string): RefreshFailure {
  const { kind, error, ...more } = readFields(value, path, {
    kind: readChoice('error', 'reset', 'silence'),
    status: readNumber(400, 599),
    error: readText,
    description: readText,
    retryAfter: readNumber(0, 86_400),
  });
  if (kind === 'reset' || kind === 'silence') {
    return { kind };
  }
  if (error === undefined) {
    throw new InvalidInput(`${path}.error is missing`);
  }
  return { kind: 'error', error, ...more };
}
