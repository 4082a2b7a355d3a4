import { FirstTables1795197600000 } from './1795197600000-FirstTables.js';
import { StoredResponses1795284000000 } from './1795284000000-StoredResponses.js';
import { AccountFields1795370400000 } from './1795370400000-AccountFields.js';
import { AuditEvents1795370500000 } from './1795370500000-AuditEvents.js';
import { EncryptionKeys1795370600000 } from './1795370600000-EncryptionKeys.js';
import { DeviceSignIns1795370700000 } from './1795370700000-DeviceSignIns.js';
import { Settings1795457100000 } from './1795457100000-Settings.js';
import { ApiKeyLimits1795543500000 } from './1795543500000-ApiKeyLimits.js';
import { AuditChain1795543600000 } from './1795543600000-AuditChain.js';
import { ApiKeySpending1795543700000 } from './1795543700000-ApiKeySpending.js';
import { UsageRecords1795716000000 } from './1795716000000-UsageRecords.js';
import { UsageSums1795716100000 } from './1795716100000-UsageSums.js';
import { UsageIndexes1795716200000 } from './1795716200000-UsageIndexes.js';
import { Webhooks1795716300000 } from './1795716300000-Webhooks.js';

/** In the order they run. A list, not a glob: it is the same in sources, in dist/ and under tests. */
export const migrations = [
  FirstTables1795197600000,
  StoredResponses1795284000000,
  AccountFields1795370400000,
  AuditEvents1795370500000,
  EncryptionKeys1795370600000,
  DeviceSignIns1795370700000,
  Settings1795457100000,
  ApiKeyLimits1795543500000,
  AuditChain1795543600000,
  ApiKeySpending1795543700000,
  UsageRecords1795716000000,
  UsageSums1795716100000,
  UsageIndexes1795716200000,
  Webhooks1795716300000,
];
