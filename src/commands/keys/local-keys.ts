import { COMMAND_LINE } from '../../audit/audit-event.js';
import { ApiKeyService } from '../../auth/api-keys/api-key.service.js';
import { ApiKeyEditor } from '../../auth/api-keys/api-key-editor.service.js';
import { encodeApiKey } from '../../auth/api-keys/dto/api-key.dto.js';
import { CreateApiKeyDto } from '../../auth/api-keys/dto/create-api-key.dto.js';
import { settingsIn } from '../../auth/api-keys/key-settings.js';
import { StoredResponseCleaner } from '../../proxy/responses/stored-response-cleaner.job.js';
import { checkedInput } from '../checked-input.js';
import type { LocalGateway } from '../local-gateway.js';
import type { CreatedKey, Keys, ListedKey, WantedKey } from './keys.js';

const PAGE = 200;

/** The keys in the database. A service that runs goes by a change within five seconds. */
export class LocalKeys implements Keys {
  constructor(private readonly gateway: LocalGateway) {}

  async create(wanted: WantedKey): Promise<CreatedKey> {
    const input = await checkedInput(wanted, CreateApiKeyDto);
    const settings = { ...settingsIn(input), name: input.name, scopes: input.scopes };
    const { apiKey, secret } = await this.gateway.get(ApiKeyService).create(settings, COMMAND_LINE);
    return { ...encodeApiKey(apiKey), key: secret };
  }

  async list(): Promise<ListedKey[]> {
    const listed: ListedKey[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await this.gateway.get(ApiKeyService).list(PAGE, cursor);
      listed.push(...page.apiKeys.map(encodeApiKey));
      cursor = page.nextCursor;
    }
    return listed;
  }

  async revoke(id: string): Promise<void> {
    await this.gateway.get(ApiKeyEditor).delete(id, COMMAND_LINE);
    // What was stored for it goes too, before this process ends.
    await this.gateway.get(StoredResponseCleaner).clean();
  }

  async close(): Promise<void> {
    await this.gateway.close();
  }
}
