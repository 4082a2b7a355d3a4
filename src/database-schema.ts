import { migrations } from '../migrations/index.js';
import { AccountEntity } from './accounts/account.entity.js';
import { ApiKey } from './auth/api-key.entity.js';
import type { DatabaseSchema } from './platform/database/data-source-options.js';

/** Every table of the service, and how it came to be. */
export const databaseSchema: DatabaseSchema = { entities: [ApiKey, AccountEntity], migrations };
