import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { askOidc, type OidcClient } from './oidc-request.js';
import { accessTokenSchema } from './renewal-answer.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const answerSchema = z.looseObject({
  accessToken: accessTokenSchema,
  refreshToken: z.string().min(1).nullish(),
  expiresIn: z.number().positive().max(1e9),
});

export interface DeviceToken {
  accessToken: string;
  /** Absent: nothing of this sign-in outlives the access token. */
  refreshToken?: string;
  /** Seconds. */
  expiresIn: number;
}

/**
 * CreateToken with a device code: one poll (amazon-q.md §9.1). The code works once, so what this returns exists nowhere
 * else.
 * @param tokenEndpoint the whole URL
 * @throws OidcError; `authorization_pending` while the user has not decided
 */
export async function createDeviceToken(
  tokenEndpoint: string,
  { clientId, clientSecret }: OidcClient,
  deviceCode: string,
  http: Dispatcher,
): Promise<DeviceToken> {
  const body = { clientId, clientSecret, grantType: DEVICE_GRANT, deviceCode };
  const secrets = [clientId, clientSecret, deviceCode];
  const answer = await askOidc(http, new URL(tokenEndpoint), body, answerSchema, secrets);
  const { accessToken, refreshToken, expiresIn } = answer;
  return { accessToken, expiresIn, ...(refreshToken && { refreshToken }) };
}
