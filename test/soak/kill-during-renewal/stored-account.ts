import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { migrations } from '../../../migrations/index.js';
import { AccountEntity } from '../../../src/accounts/account.entity.js';
import { AccountRepository } from '../../../src/accounts/account.repository.js';
import { readConfiguration } from '../../../src/platform/config/configuration.js';
import { openUsedDatabase } from '../../../src/platform/database/open-database.js';
import { Encryption } from '../../../src/platform/encryption/encryption.js';
import { masterKey } from '../../../src/platform/encryption/master-key.js';

/**
 * The refresh token that a killed gateway left on the disk. Read from a copy: what the next gateway finds is what the
 * last one left.
 */
export async function storedRefreshToken(databasePath: string, accountId: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'amq-gateway-soak-copy-'));
  try {
    const from = dirname(databasePath);
    const names = await readdir(from);
    for (const name of names.filter((each) => each.startsWith(basename(databasePath)))) {
      await cp(join(from, name), join(folder, name));
    }
    return await readToken(join(folder, basename(databasePath)), accountId);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readToken(path: string, accountId: string): Promise<string> {
  const { settings } = readConfiguration({ DATABASE_PATH: path });
  const encryption = new Encryption(masterKey(settings));
  const dataSource = await openUsedDatabase(settings, { entities: [AccountEntity], migrations }, encryption);
  try {
    const found = await new AccountRepository(dataSource, encryption).findWithSecrets(accountId);
    if (found?.secrets.kind !== 'oidc') throw new Error('the account is not in the database');
    return found.secrets.refreshToken;
  } finally {
    await dataSource.destroy();
  }
}
