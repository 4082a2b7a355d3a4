import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { askOidc, type OidcClient } from './oidc-request.js';

/** Who the user is asked to let in: our own name (contract §7, amazon-q.md §9.1). */
const CLIENT_NAME = 'amq-gateway';
/** What the Q CLI asks for; IDEs want two more (amazon-q.md §9.1). */
const SCOPES = ['codewhisperer:completions', 'codewhisperer:analysis', 'codewhisperer:conversations'];

export interface RegisteredClient extends OidcClient {
  /** About 90 days away; then neither sign-in nor renewal works with it (amazon-q.md §9.3). */
  expiresAt: Date;
}

const answerSchema = z.looseObject({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  clientSecretExpiresAt: z
    .number()
    .positive()
    .max(8e12 / 1000),
});

/**
 * RegisterClient (amazon-q.md §9.1).
 * @param endpoint of AWS SSO OIDC: its origin counts
 * @throws OidcError
 */
export async function registerClient(endpoint: string, http: Dispatcher): Promise<RegisteredClient> {
  const body = { clientName: CLIENT_NAME, clientType: 'public', scopes: SCOPES };
  const answer = await askOidc(http, new URL('/client/register', endpoint), body, answerSchema);
  const { clientId, clientSecret, clientSecretExpiresAt } = answer;
  return { clientId, clientSecret, expiresAt: new Date(clientSecretExpiresAt * 1000) };
}
