import { AccountDirectory } from '../../accounts/account-directory.service.js';
import { ProbeRequests } from '../../accounts/health/probe-requests.service.js';
import { COMMAND_LINE } from '../../audit/audit-event.js';
import type { LocalGateway } from '../local-gateway.js';
import type { ProbedAccount, Probes } from './probes.js';

/** Probes from this process. What they teach about an account is stored, as after a probe by the service. */
export class LocalProbes implements Probes {
  constructor(private readonly gateway: LocalGateway) {}

  async enabled(): Promise<string[]> {
    const accounts = [...this.gateway.get(AccountDirectory).list()];
    return accounts.filter(({ enabled }) => enabled).map(({ id }) => id);
  }

  async probe(id: string): Promise<ProbedAccount> {
    const { label, status, probe } = await this.gateway.get(ProbeRequests).probe(id, COMMAND_LINE);
    return { id, label, status, ...probe };
  }

  async close(): Promise<void> {
    await this.gateway.close();
  }
}
