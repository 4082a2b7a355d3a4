import { isDeepStrictEqual } from 'node:util';
import type { Scope } from '../access/scope.js';
import { invalidInput } from '../input/input-validation.pipe.js';
import { formatNetwork } from './allowed-networks.js';
import type { ApiKey } from './api-key.entity.js';
import { LIMIT_FIELDS } from './key-fields.js';
import type { KeyLimits } from './key-limits.js';

/** What an administrator says of a key. */
export interface KeySettings extends KeyLimits {
  readonly name: string;
  readonly scopes: Scope[];
  readonly enabled: boolean;
  /** Null: never. */
  readonly expiresAt: Date | null;
  /** Names, and patterns with `*`; null: all. */
  readonly allowedModels: string[] | null;
  /** Null: all addresses. */
  readonly allowedCidrs: string[] | null;
}

export const KEY_SETTINGS = [
  'name',
  'scopes',
  'enabled',
  'expiresAt',
  ...LIMIT_FIELDS,
  'allowedModels',
  'allowedCidrs',
] as const satisfies readonly (keyof KeySettings)[];

export const UNLIMITED: Omit<KeySettings, 'name' | 'scopes'> = {
  enabled: true,
  expiresAt: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  maxConcurrent: null,
  monthlyTokenBudget: null,
  monthlyCostBudget: null,
  allowedModels: null,
  allowedCidrs: null,
};

/** The same as an administrator writes it; what is undefined is not said. */
export type KeyInput = Partial<Omit<KeySettings, 'expiresAt'>> & { readonly expiresAt?: string | null };

/** The settings an input names, in their one spelling: each entry of a list once, networks without what their prefix cuts off. */
export function settingsIn(input: KeyInput): Partial<KeySettings> {
  const { expiresAt, allowedModels, allowedCidrs } = input;
  const settings = {
    ...input,
    expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt,
    allowedModels: allowedModels && [...new Set(allowedModels)],
    allowedCidrs: allowedCidrs && [...new Set(allowedCidrs.map((network) => formatNetwork(network) ?? network))],
  };
  return Object.fromEntries(
    KEY_SETTINGS.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]),
  );
}

/** Those that are not what they were. */
export function changedSettings(key: ApiKey, wanted: Partial<KeySettings>): Partial<KeySettings> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isDeepStrictEqual(key[name as keyof KeySettings], value)),
  );
}

/** @throws GatewayError when a key is to expire, and not in the future */
export function refusePastExpiry({ expiresAt }: Partial<KeySettings>, now: number): void {
  // A time that is none is not in the future either.
  if (expiresAt && !(expiresAt.getTime() > now)) {
    throw invalidInput([{ path: 'expiresAt', message: 'expiresAt must be a time in the future' }]);
  }
}
