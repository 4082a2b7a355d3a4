import { z } from 'zod';

const schema = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  /** Epoch milliseconds, as the other. */
  registrationExpiresAt: z.number(),
  deviceCode: z.string(),
  /** Once the user confirmed. */
  token: z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: z.number() }).optional(),
});

/** What of a sign-in nobody may read. */
export type SignInSecrets = z.output<typeof schema>;

export function parseSignInSecrets(text: string): SignInSecrets {
  return schema.parse(JSON.parse(text));
}

export function formatSignInSecrets(secrets: SignInSecrets): string {
  return JSON.stringify(secrets);
}
