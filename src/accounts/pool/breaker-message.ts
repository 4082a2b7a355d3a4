import { z } from 'zod';
import type { BreakerSnapshot } from '../../core/pool/breaker.js';

const message = z.object({
  id: z.string(),
  snapshot: z.object({
    state: z.enum(['closed', 'open', 'half_open']),
    failures: z.number(),
    openings: z.number(),
    openUntil: z.number(),
    since: z.number(),
    trialUntil: z.number(),
    calmAt: z.number(),
  }),
});

/** What the replicas tell each other of an account's breaker. */
export interface BreakerMessage {
  id: string;
  snapshot: BreakerSnapshot;
}

export function formatBreakerMessage(told: BreakerMessage): string {
  return JSON.stringify(told);
}

/** @returns undefined for what is none, such as a newer replica's */
export function parseBreakerMessage(text: string): BreakerMessage | undefined {
  try {
    return message.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
