import { z } from 'zod';
import { readPages } from '../read-pages.js';
import type { RemoteGateway } from '../remote-gateway.js';
import type { CreatedKey, Keys, ListedKey, WantedKey } from './keys.js';

// Whatever else the gateway says of a key is for `--json`.
const listedSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  enabled: z.boolean(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});
const createdSchema = listedSchema.extend({ key: z.string() });

/** The keys of a gateway that runs somewhere, over its admin API. */
export class RemoteKeys implements Keys {
  constructor(private readonly gateway: RemoteGateway) {}

  create(wanted: WantedKey): Promise<CreatedKey> {
    return this.gateway.askJson(createdSchema, '/v2/api-keys', 'POST', wanted);
  }

  list(): Promise<ListedKey[]> {
    return readPages(this.gateway, '/v2/api-keys', listedSchema);
  }

  async revoke(id: string): Promise<void> {
    await this.gateway.ask(`/v2/api-keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  async close(): Promise<void> {}
}
