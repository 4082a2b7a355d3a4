import { z } from 'zod';

/** It goes into a header, and nothing but a header's text may. */
export const accessTokenSchema = z.string().regex(/^[\x21-\x7e]+$/);

/** What both token endpoints answer to a renewal (amazon-q.md §9.1, §9.5). */
export const renewalAnswerSchema = z.looseObject({
  accessToken: accessTokenSchema,
  /** Seconds. */
  expiresIn: z.number().positive().max(1e9),
  refreshToken: z.string().min(1).nullish(),
  /** Of Kiro only. */
  profileArn: z.string().min(1).max(2048).nullish(),
});

export type RenewalAnswer = z.output<typeof renewalAnswerSchema>;

/** @param now epoch milliseconds */
export function expiryOf({ expiresIn }: RenewalAnswer, now: number): Date {
  return new Date(now + expiresIn * 1000);
}

/** Absent, null or the same again: the old one lives on (amazon-q.md §9.3). */
export function rotatedToken({ refreshToken }: RenewalAnswer, used: string): { refreshToken?: string } {
  return refreshToken && refreshToken !== used ? { refreshToken } : {};
}
