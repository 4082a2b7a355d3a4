import { createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { SimulatedAccount } from '../../simulator/account.js';
import { Simulator } from '../../simulator/simulator.js';
import { type AdminApi, adminApi } from '../support/admin-api.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const SEALED = /^[0-9a-f]{16}\.[\w+/=]+$/;
const PROMPT = 'the launch is on Tuesday, say nothing';

/** What somebody has who got hold of the database and of nothing else, and tries (SECURITY.md). */
describeOnEachSharedDatabase('a database that leaked without its key', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let account: SimulatedAccount;
  let admin: AdminApi;
  let ownKey: string;
  /** The values of every row of every table. */
  let rows: unknown[][];
  /** Every text among them, and the parts it is made of. */
  let leaked: string[];
  let addresses = 0;

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, {
      ...database().environment,
      accounts: 0,
      TRUSTED_PROXIES: '127.0.0.1',
    });
    admin = adminApi(() => gateway);
    account = simulator.addAccount();
    const { clientId, clientSecret, refreshToken } = account;
    const label = 'the account';
    expect(
      (await admin('POST', '/v2/accounts', { body: { label, clientId, clientSecret, refreshToken } })).status,
    ).toBe(201);
    ownKey = (await admin('POST', '/v2/api-keys', { body: { name: 'laptop' } })).body.key;
    expect((await tryAsKey(ownKey)).status).toBe(200);
    rows = await rowsOf(gateway.app.get(DataSource));
    leaked = textsIn(rows);
  });
  afterAll(async () => {
    await gateway?.close();
    await simulator?.close();
  });

  /** Each from an address of its own: nobody is slowed. */
  function tryAsKey(key: string): Promise<Response> {
    addresses++;
    return fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `10.1.${addresses >> 8}.${addresses & 255}`,
        authorization: `Bearer ${Buffer.from(key).toString('latin1')}`,
      },
      body: JSON.stringify({ model: 'claude-sonnet-4.5', input: PROMPT }),
    });
  }

  function tryAsTokens(refreshToken: string, clientId: string, clientSecret: string): Promise<Response> {
    return fetch(`${simulator.url}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grantType: 'refresh_token', refreshToken, clientId, clientSecret }),
    });
  }

  it('holds no text that is let in as a key', async () => {
    expect(leaked).toContain('laptop');
    expect(leaked.length).toBeGreaterThan(40);
    for (const text of leaked.filter((each) => /^[\x21-\x7e]{1,512}$/.test(each)))
      expect({ text, status: (await tryAsKey(text)).status }).toEqual({ text, status: 401 });
  });

  it('holds no text that renews a token', async () => {
    const { clientId, clientSecret } = account;
    for (const text of leaked) {
      const { status } = await tryAsTokens(text, clientId, clientSecret);
      expect({ text, status }).toEqual({ text, status: 400 });
    }
    // The same attempt with what is encrypted there: it is the token that was missing.
    expect((await tryAsTokens(account.refreshToken, clientId, clientSecret)).status).toBe(200);
  });

  it('holds no secret and no prompt, in no usual form', () => {
    const bytes = leaked.join('\n');
    for (const secret of [ADMIN_KEY, ownKey, account.refreshToken, account.clientSecret, PROMPT]) {
      const forms = [
        secret,
        ...(['hex', 'base64', 'base64url'] as const).map((form) => Buffer.from(secret).toString(form)),
      ];
      for (const hash of ['md5', 'sha1', 'sha256', 'sha512'])
        forms.push(createHash(hash).update(secret).digest('hex'), createHash(hash).update(secret).digest('base64'));
      expect(forms.filter((form) => bytes.includes(form))).toEqual([]);
    }
  });

  it('shows by no digest that a guess is right: none is made of what everybody knows', () => {
    const purposes = ['', 'api keys', 'amq-gateway api key digests', 'amq-gateway', ...leaked];
    const guesses = purposes.flatMap((key) => [
      createHmac('sha256', key).update(ownKey).digest('hex'),
      createHmac('sha256', Buffer.from(key, 'hex')).update(ownKey).digest('hex'),
      createHmac('sha256', Buffer.from(hkdfSync('sha256', key, '', 'amq-gateway api key digests', 32)))
        .update(ownKey)
        .digest('hex'),
    ]);
    expect(guesses.filter((guess) => leaked.includes(guess))).toEqual([]);
    // With the key it is there: the search would find it.
    expect(leaked).toContain(database().encryption().digest(ownKey));
  });

  it('opens with no key that is made of what it holds', () => {
    const sealed = rows.flatMap((row) => {
      const texts = row.filter((value) => typeof value === 'string');
      // A value is bound to its row by one of the row's own fields.
      return texts
        .filter((text) => SEALED.test(text))
        .map((text) => ({ text, owners: texts.filter((each) => !SEALED.test(each)) }));
    });
    expect(sealed.length).toBeGreaterThan(1);
    const keys = [
      Buffer.alloc(32),
      randomBytes(32),
      ...leaked.map((text) => createHash('sha256').update(text).digest()),
      ...leaked.map((text) => Buffer.alloc(32, Buffer.from(text.padEnd(32, '\0')))),
    ];
    const openedBy = (key: Buffer) => {
      const derived = Buffer.from(hkdfSync('sha256', key, '', 'amq-gateway stored secrets', 32));
      return sealed.filter(({ text, owners }) => owners.some((owner) => opens(derived, text, owner)));
    };
    expect(keys.flatMap(openedBy)).toEqual([]);
    // With the key they open: it is nothing else that was missing.
    const real = database()
      .encryption()
      .knownKeys()
      .map(({ text }) => Buffer.from(text, 'base64'));
    expect(real.flatMap(openedBy)).not.toEqual([]);
  });
});

/** Without asking whether the value says it was made with this key. */
function opens(derived: Buffer, sealed: string, owner: string): boolean {
  const bytes = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', derived, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(12, -16)).length + decipher.final().length > 0;
  } catch {
    return false;
  }
}

async function rowsOf(dataSource: DataSource): Promise<unknown[][]> {
  const tables: { name: string }[] = await dataSource.query(
    dataSource.options.type === 'postgres'
      ? 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()'
      : "SELECT name FROM sqlite_master WHERE type = 'table'",
  );
  const rows: unknown[][] = [];
  for (const { name } of tables) {
    const found: object[] = await dataSource.query(`SELECT * FROM ${name}`);
    rows.push(...found.map((row) => Object.values(row)));
  }
  return rows;
}

function textsIn(rows: readonly unknown[][]): string[] {
  const values = rows.flat().filter((value) => value !== null && value !== '');
  return [...new Set(values.flatMap((value) => [String(value), ...String(value).split(/["{}[\],:.\s]+/)]))].filter(
    Boolean,
  );
}
