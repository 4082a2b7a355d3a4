import { z } from 'zod';
import { settingsSchema } from './settings.js';

type Environment = Record<string, string | undefined>;

/** An Amazon Q account as the environment describes it (contract §2). */
export interface EnvironmentAccount {
  id: string;
  refreshToken: string;
  clientId: string;
  clientSecret: string;
  profileArn?: string;
  region?: string;
  weight: number;
  enabled: boolean;
}

const numberedAccountSchema = z.object({
  ID: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'letters, digits, dot, dash and underscore, at most 64')
    // Paths of the admin API hold it.
    .refine(
      (id) => !/^(\.{1,2}|export|import|login|probe|stats)$/i.test(id),
      'not one of ., .., export, import, login, probe and stats',
    )
    .optional(),
  REFRESH_TOKEN: z.string('required').min(1),
  CLIENT_ID: z.string('required').min(1),
  CLIENT_SECRET: z.string('required').min(1),
  PROFILE_ARN: z.string().min(1).optional(),
  REGION: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1')
    .optional(),
  WEIGHT: z.coerce.number().int().min(0).max(1000).default(1),
  ENABLED: z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).default(true),
});

const NUMBERED = Object.keys(numberedAccountSchema.shape) as (keyof typeof numberedAccountSchema.shape)[];

/** Reads the accounts of single and multi account mode; adds one line to `problems` for each value that is not right. */
export function readEnvironmentAccounts(environment: Environment, problems: string[]): EnvironmentAccount[] {
  const accounts = singleAccount(environment, problems);
  // A count that is no number is the settings' own problem.
  const { data: count = 0 } = settingsSchema.shape.AMAZONQ_ACCOUNT_COUNT.safeParse(
    environment.AMAZONQ_ACCOUNT_COUNT || 0,
  );
  for (let number = 1; number <= count; number++) {
    const prefix = `AMAZONQ_ACCOUNT_${number}_`;
    const values = Object.fromEntries(NUMBERED.map((name) => [name, environment[prefix + name] || undefined]));
    const parsed = numberedAccountSchema.safeParse(values);
    if (!parsed.success) {
      problems.push(...parsed.error.issues.map((issue) => `${prefix}${issue.path.join('_')}: ${issue.message}`));
      continue;
    }
    const { data } = parsed;
    accounts.push({
      id: data.ID ?? `account-${number}`,
      refreshToken: data.REFRESH_TOKEN,
      clientId: data.CLIENT_ID,
      clientSecret: data.CLIENT_SECRET,
      profileArn: data.PROFILE_ARN,
      region: data.REGION,
      weight: data.WEIGHT,
      enabled: data.ENABLED,
    });
  }
  const ids = accounts.map((account) => account.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
    problems.push(`AMAZONQ_ACCOUNT_<n>_ID: '${id}' is used more than once`);
  }
  return accounts;
}

function singleAccount(environment: Environment, problems: string[]): EnvironmentAccount[] {
  const required = ['AMAZONQ_REFRESH_TOKEN', 'AMAZONQ_CLIENT_ID', 'AMAZONQ_CLIENT_SECRET'] as const;
  const missing = required.filter((name) => !environment[name]);
  if (missing.length === required.length) return [];
  problems.push(...missing.map((name) => `${name}: required when one of the single account's values is set`));
  return [
    {
      id: 'default',
      refreshToken: environment.AMAZONQ_REFRESH_TOKEN ?? '',
      clientId: environment.AMAZONQ_CLIENT_ID ?? '',
      clientSecret: environment.AMAZONQ_CLIENT_SECRET ?? '',
      profileArn: environment.AMAZONQ_PROFILE_ARN || undefined,
      weight: 1,
      enabled: true,
    },
  ];
}
