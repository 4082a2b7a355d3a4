import { z } from 'zod';

const oidcSchema = z.object({
  kind: z.literal('oidc'),
  refreshToken: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  accessToken: z.string().optional(),
});

const socialSchema = z.object({
  kind: z.literal('social'),
  refreshToken: z.string(),
  accessToken: z.string().optional(),
});

const apiKeySchema = z.object({ kind: z.literal('api_key'), apiKey: z.string() });

const secretsSchema = z.discriminatedUnion('kind', [oidcSchema, socialSchema, apiKeySchema]);

/** AWS' own sign-in. The first three belong together: a token works for its own client only (amazon-q.md §9.3). */
export type OidcSecrets = z.output<typeof oidcSchema>;
/** Kiro with Google or GitHub: no client (amazon-q.md §9.5). */
export type SocialSecrets = z.output<typeof socialSchema>;
/** An endpoint that speaks the Anthropic API. */
export type ApiKeySecrets = z.output<typeof apiKeySchema>;

/** What an account signs in with. */
export type AccountSecrets = z.output<typeof secretsSchema>;

/** Those that bring access tokens which end, and are renewed. */
export type RenewableSecrets = OidcSecrets | SocialSecrets;

export function parseSecrets(text: string): AccountSecrets {
  // The first rows were written before there was another kind.
  return secretsSchema.parse({ kind: 'oidc', ...JSON.parse(text) });
}

export function formatSecrets(secrets: AccountSecrets): string {
  return JSON.stringify(secrets);
}

/** What an account is recognised by when its credentials are given again: the token (or key) and the client. */
export function recognisableIn(secrets: AccountSecrets): { token: string; client?: string } {
  if (secrets.kind === 'api_key') return { token: secrets.apiKey };
  return secrets.kind === 'oidc'
    ? { token: secrets.refreshToken, client: secrets.clientId }
    : { token: secrets.refreshToken };
}
