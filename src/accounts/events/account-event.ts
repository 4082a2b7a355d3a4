import { z } from 'zod';
import { ACCOUNT_STATUSES } from '../account.js';

const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;

const base = { accountId: z.string(), at: z.iso.datetime() };

const status = z.object({
  type: z.literal('account.status'),
  ...base,
  from: z.enum(ACCOUNT_STATUSES),
  to: z.enum(ACCOUNT_STATUSES),
  reason: z.string().nullable(),
});
const breaker = z.object({
  type: z.literal('account.breaker'),
  ...base,
  from: z.enum(BREAKER_STATES),
  to: z.enum(BREAKER_STATES),
  failures: z.number(),
  openUntil: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});
/** It came, its settings or credentials changed, it went. */
const presence = z.object({ type: z.enum(['account.create', 'account.update', 'account.delete']), ...base });

const accountEvent = z.discriminatedUnion('type', [status, breaker, presence]);

/** A change of an account, as it goes out by `GET /v2/events`: named as in the audit log. */
export type AccountEvent = z.infer<typeof accountEvent>;

export function formatAccountEvent(event: AccountEvent): string {
  return JSON.stringify(event);
}

/** @returns undefined for what is none, such as a kind that only a newer replica knows */
export function parseAccountEvent(text: string): AccountEvent | undefined {
  try {
    return accountEvent.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
