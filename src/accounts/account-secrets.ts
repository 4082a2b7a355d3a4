import { z } from 'zod';

const secretsSchema = z.object({
  refreshToken: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  accessToken: z.string().optional(),
});

/** What an account signs in with. The first three belong together: a token works for its own client only. */
export type AccountSecrets = z.output<typeof secretsSchema>;

export function parseSecrets(text: string): AccountSecrets {
  return secretsSchema.parse(JSON.parse(text));
}

export function formatSecrets(secrets: AccountSecrets): string {
  return JSON.stringify(secrets);
}
