import { z } from 'zod';
import { readPages } from '../read-pages.js';
import type { RemoteGateway } from '../remote-gateway.js';
import type { ListedAccount } from './gateway-accounts.js';

const accountSchema = z.object({
  id: z.string(),
  label: z.string(),
  provider: z.string(),
  enabled: z.boolean(),
  status: z.string(),
  statusReason: z.string().nullish(),
});

export function listRemoteAccounts(gateway: RemoteGateway): Promise<ListedAccount[]> {
  return readPages(gateway, '/v2/accounts', accountSchema);
}
