import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { askOidc, type OidcClient } from './oidc-request.js';

const DEFAULT_INTERVAL = 5;

/** A browser opens these: nothing but pages. */
const page = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[\x21-\x7e]+$/);

const answerSchema = z.looseObject({
  deviceCode: z.string().min(1),
  userCode: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  verificationUri: page,
  verificationUriComplete: page.nullish(),
  expiresIn: z.number().positive().max(86_400),
  interval: z.number().positive().max(3_600).nullish(),
});

export interface DeviceAuthorization {
  /** A secret: who has it gets the tokens. */
  deviceCode: string;
  /** What the user compares, or types in. */
  userCode: string;
  verificationUri: string;
  /** With the code in it. */
  verificationUriComplete: string;
  /** Seconds. */
  expiresIn: number;
  /** Whole seconds between polls. */
  interval: number;
}

/**
 * StartDeviceAuthorization (amazon-q.md §9.1).
 * @param endpoint of AWS SSO OIDC: its origin counts
 * @throws OidcError; `invalid_request` where there is no such start URL
 */
export async function startDeviceAuthorization(
  endpoint: string,
  { clientId, clientSecret }: OidcClient,
  startUrl: string,
  http: Dispatcher,
): Promise<DeviceAuthorization> {
  const url = new URL('/device_authorization', endpoint);
  const secrets = [clientId, clientSecret];
  const answer = await askOidc(http, url, { clientId, clientSecret, startUrl }, answerSchema, secrets);
  const { deviceCode, userCode, verificationUri, verificationUriComplete, expiresIn, interval } = answer;
  return {
    deviceCode,
    userCode,
    verificationUri,
    verificationUriComplete: verificationUriComplete ?? verificationUri,
    expiresIn,
    interval: Math.ceil(interval ?? DEFAULT_INTERVAL),
  };
}
