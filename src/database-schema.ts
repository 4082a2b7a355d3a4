import { migrations } from '../migrations/index.js';
import { AccountEntity } from './accounts/account.entity.js';
import { DeviceSignInEntity } from './accounts/sign-in/device-sign-in.entity.js';
import { AuditEndEntity } from './audit/audit-end.entity.js';
import { AuditEventEntity } from './audit/audit-event.entity.js';
import { ApiKey } from './auth/api-keys/api-key.entity.js';
import type { DatabaseSchema } from './platform/database/data-source-options.js';
import { StoredItemEntity } from './proxy/responses/stored-item.entity.js';
import { StoredItemUseEntity } from './proxy/responses/stored-item-use.entity.js';
import { StoredResponseEntity } from './proxy/responses/stored-response.entity.js';
import { ApiKeySpendingEntity } from './proxy/spending/api-key-spending.entity.js';
import { SettingsEntity } from './settings/settings.entity.js';
import { UsageRecordEntity } from './usage/ledger/usage-record.entity.js';
import { UsagePeriodEntity } from './usage/rollups/usage-period.entity.js';
import { UsageSumEntity } from './usage/rollups/usage-sum.entity.js';
import { DeliveryEntity } from './webhooks/deliveries/delivery.entity.js';
import { SubjectEntity } from './webhooks/news/subject.entity.js';
import { WebhookEntity } from './webhooks/webhook.entity.js';

/** Every table of the service, and how it came to be. */
export const databaseSchema: DatabaseSchema = {
  entities: [
    ApiKey,
    AuditEndEntity,
    AuditEventEntity,
    AccountEntity,
    DeviceSignInEntity,
    StoredItemEntity,
    StoredResponseEntity,
    StoredItemUseEntity,
    SettingsEntity,
    ApiKeySpendingEntity,
    UsageRecordEntity,
    UsagePeriodEntity,
    UsageSumEntity,
    WebhookEntity,
    DeliveryEntity,
    SubjectEntity,
  ],
  migrations,
};
