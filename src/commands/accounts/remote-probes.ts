import { z } from 'zod';
import type { RemoteGateway } from '../remote-gateway.js';
import { listRemoteAccounts } from './list-remote-accounts.js';
import type { ProbedAccount, Probes } from './probes.js';

const probedSchema = z.object({
  label: z.string(),
  status: z.string(),
  probe: z.object({ ok: z.boolean(), model: z.string(), latencyMs: z.number(), error: z.string().optional() }),
});

/** Probes by a gateway that runs somewhere. */
export class RemoteProbes implements Probes {
  constructor(private readonly gateway: RemoteGateway) {}

  async enabled(): Promise<string[]> {
    const accounts = await listRemoteAccounts(this.gateway);
    return accounts.filter(({ enabled }) => enabled).map(({ id }) => id);
  }

  async probe(id: string): Promise<ProbedAccount> {
    const path = `/v2/accounts/${encodeURIComponent(id)}/probe`;
    const { label, status, probe } = await this.gateway.askJson(probedSchema, path, 'POST');
    return { id, label, status, ...probe };
  }

  async close(): Promise<void> {}
}
