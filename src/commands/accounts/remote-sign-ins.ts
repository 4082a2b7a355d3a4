import { z } from 'zod';
import type { RemoteGateway } from '../remote-gateway.js';
import type { SignIn, SignIns, WantedSignIn } from './sign-ins.js';

const signInSchema = z.object({
  loginId: z.string(),
  status: z.enum(['pending', 'complete', 'denied', 'expired']),
  reason: z.string().optional(),
  accountId: z.string().optional(),
  profiles: z.array(z.object({ arn: z.string(), name: z.string(), region: z.string() })).optional(),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string(),
  expiresAt: z.string(),
  startUrl: z.string(),
  region: z.string(),
});

/** Sign-ins of a gateway that runs somewhere: it asks AWS, we ask it. */
export class RemoteSignIns implements SignIns {
  constructor(private readonly gateway: RemoteGateway) {}

  start(wanted: WantedSignIn): Promise<SignIn> {
    return this.gateway.askJson(signInSchema, '/v2/accounts/login', 'POST', wanted);
  }

  look(loginId: string): Promise<SignIn> {
    return this.gateway.askJson(signInSchema, pathOf(loginId));
  }

  choose(loginId: string, profileArn: string): Promise<SignIn> {
    return this.gateway.askJson(signInSchema, `${pathOf(loginId)}/profile`, 'POST', { profileArn });
  }

  async cancel(loginId: string): Promise<void> {
    await this.gateway.ask(pathOf(loginId), { method: 'DELETE' });
  }

  async close(): Promise<void> {}
}

const pathOf = (loginId: string) => `/v2/accounts/login/${encodeURIComponent(loginId)}`;
