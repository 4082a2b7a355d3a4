import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import type { AuditEvent } from '../../audit/audit-event.js';
import type { AuditLog } from '../../audit/audit-log.service.js';
import { GatewayError } from '../../core/errors.js';
import { AllowedNetworks } from '../api-keys/allowed-networks.js';
import { formatApiKey } from '../api-keys/api-key.js';
import type { ApiKeyService } from '../api-keys/api-key.service.js';
import { type Authentication, UNKNOWN_KEY } from '../api-keys/authentication.js';
import { FailedKeys } from '../failed-attempts/failed-keys.service.js';
import { SecurityEvents } from '../security-events/security-events.service.js';
import { Authenticator } from './authenticator.service.js';

const ADDRESS = '192.0.2.1';
const OFFICE = '198.51.100.1';
const GENERATED = formatApiKey(Buffer.alloc(32, 1));

const good = (keyId: string, cidrs?: string[]): Authentication => ({
  identity: { keyId, name: `name of ${keyId}`, scopes: new Set(['inference']) },
  networks: cidrs && new AllowedNetworks(cidrs),
});

const STORED = new Map<string, Authentication>([
  [GENERATED, good('generated')],
  ['an operator’s own', good('own')],
  ['office', good('office', ['198.51.100.0/24', '2001:db8::/32'])],
  ['disabled', { refused: 'disabled', keyId: 'd' }],
  ['expired', { refused: 'expired', keyId: 'e' }],
]);

/** @param slow keys that are asked of the database; those that are `away` in vain */
function stage({ slow = /^$/, away = /^not to be found now$/ } = {}) {
  const clock = new TestClock();
  const rows: AuditEvent[] = [];
  const looked: string[] = [];
  const audit = { recordFirst: async (event: AuditEvent) => void rows.push(event) } as unknown as AuditLog;
  const apiKeys = {
    authenticate: (key: string) => {
      looked.push(key);
      if (away.test(key)) return Promise.reject(new GatewayError('unavailable', 'The database is away.'));
      const found = STORED.get(key) ?? UNKNOWN_KEY;
      return slow.test(key) ? Promise.resolve(found) : found;
    },
  } as unknown as ApiKeyService;
  const authenticator = new Authenticator(apiKeys, new FailedKeys(clock), new SecurityEvents(audit));
  const HEADERS = ['authorization', 'x-api-key', 'api-key'];
  const come = async (keys: string | string[], address = ADDRESS) => {
    const headers = Object.fromEntries(
      [keys].flat().map((key, index) => [HEADERS[index], index === 0 ? `Bearer ${key}` : key]),
    );
    try {
      return { keyId: (await authenticator.identify(headers, address)).keyId };
    } catch (error) {
      const { kind, message, retryAfter, shouldRetry } = error as { [name: string]: unknown };
      return { kind, message, retryAfter, shouldRetry };
    }
  };
  let guesses = 0;
  const guess = async (times: number, address = ADDRESS) => {
    const kinds: unknown[] = [];
    for (let time = 0; time < times; time++) kinds.push((await come(`guess ${++guesses}`, address)).kind);
    return kinds;
  };
  return { clock, rows, looked, come, guess };
}

describe('Authenticator', () => {
  it.each([
    ['a key that is none', 'stranger', 'invalid API key in the x-api-key or authorization header'],
    ['a disabled key', 'disabled', 'invalid API key in the x-api-key or authorization header'],
    ['an expired key', 'expired', 'invalid API key in the x-api-key or authorization header. It has expired.'],
  ])('refuses %s', async (_what, key, message) => {
    expect(await stage().come(key)).toEqual({ kind: 'authentication', message, shouldRetry: false });
  });

  it('lets a key in from its networks only, and names the address it saw', async () => {
    const { come, rows } = stage();
    expect(await come('office', OFFICE)).toEqual({ keyId: 'office' });
    expect(await come('office', '2001:db8:1::1')).toEqual({ keyId: 'office' });
    expect(await come('office')).toMatchObject({
      kind: 'permission',
      message: 'This API key may not be used from your address, 192.0.2.1.',
      shouldRetry: false,
    });
    expect(await come('office', '')).toMatchObject({ kind: 'permission' });
    expect(rows[0]).toMatchObject({
      actor: { keyId: 'office', name: 'name of office', address: ADDRESS },
      details: { reason: 'wrong_address' },
    });
  });

  it.each([
    [['office', GENERATED], { keyId: 'generated' }],
    [['stranger', 'expired'], { kind: 'authentication', message: expect.stringContaining('expired') }],
    [['expired', 'stranger'], { kind: 'authentication', message: expect.stringContaining('expired') }],
    [['office', 'expired'], { kind: 'permission' }],
    [['expired', 'office'], { kind: 'permission' }],
  ])('goes by the best of several keys: %j', async (keys, expected) => {
    expect(await stage().come(keys)).toMatchObject(expected);
  });

  it.each([
    [['not to be found now', GENERATED], { keyId: 'generated' }],
    [[GENERATED, 'not to be found now'], { keyId: 'generated' }],
    [['not to be found now'], { kind: 'unavailable' }],
    [['not to be found now', 'stranger'], { kind: 'unavailable' }],
    [['stranger', 'not to be found now'], { kind: 'unavailable' }],
  ])('needs the database only where no key is known to be good: %j', async (keys, expected) => {
    expect(await stage().come(keys)).toMatchObject(expected);
  });

  it('looks at no key during a block, a good one neither, and says when to come again', async () => {
    const { clock, come, guess, looked } = stage();
    expect(await guess(11)).toEqual(Array(11).fill('authentication'));
    clock.advance(0.4);
    looked.length = 0;
    const refusal = {
      kind: 'rate_limit',
      message: 'Too many wrong API keys came from your address. Try again in 1 s.',
      retryAfter: 1,
      shouldRetry: false,
    };
    expect(await come('stranger')).toEqual(refusal);
    expect(await come(GENERATED)).toEqual(refusal);
    expect(looked).toEqual([]);
    expect(await come(GENERATED, OFFICE)).toEqual({ keyId: 'generated' });
    clock.advance(0.6);
    expect(await come(GENERATED)).toEqual({ keyId: 'generated' });
  });

  it('lets those in during a block who were good from there lately', async () => {
    const { clock, come, guess } = stage();
    await come(GENERATED);
    await come('an operator’s own');
    await come(GENERATED, OFFICE);
    await guess(11);
    expect(await come(GENERATED)).toEqual({ keyId: 'generated' });
    expect(await come('an operator’s own')).toEqual({ keyId: 'own' });
    await guess(11, OFFICE);
    expect(await come('an operator’s own', OFFICE)).toMatchObject({ kind: 'rate_limit' });

    clock.advance(25 * 3_600);
    await guess(11);
    expect(await come(GENERATED)).toMatchObject({ kind: 'rate_limit' });
  });

  it('compares ten texts in a block with those that were good, so that nobody can guess them there', async () => {
    const { clock, come, guess } = stage();
    await come('an operator’s own');
    await come(GENERATED);
    await guess(11);
    await guess(9);
    expect(await come('an operator’s own')).toEqual({ keyId: 'own' });
    await guess(1);
    expect(await come('an operator’s own')).toMatchObject({ kind: 'rate_limit' });
    expect(await come(GENERATED)).toEqual({ keyId: 'generated' });
    clock.advance(1);
    expect(await come('an operator’s own')).toEqual({ keyId: 'own' });
  });

  it('does not look at a guess that comes with a key that is good during a block', async () => {
    const { come, guess, looked } = stage();
    await come(GENERATED);
    await guess(11);
    looked.length = 0;
    expect(await come(['guess', GENERATED])).toEqual({ keyId: 'generated' });
    expect(looked).toEqual([GENERATED]);
  });

  it('counts guesses that come with a good key, and not a client that always sends the same two', async () => {
    const { come, guess, rows } = stage();
    for (let time = 0; time < 50; time++) await come(['of another service', GENERATED]);
    expect(rows).toEqual([]);
    for (let time = 0; time < 10; time++) await come([`beside ${time}`, GENERATED]);
    expect(rows).toMatchObject([{ action: 'address.block' }]);
    expect(await guess(1)).toEqual(['rate_limit']);
  });

  it('slows down who comes with one wrong key again and again, and nobody else from there', async () => {
    const { clock, come, guess } = stage();
    const repeat = async (times: number) => {
      const answers = [];
      for (let time = 0; time < times; time++) answers.push(await come('of another service'));
      return answers;
    };
    expect((await repeat(21)).map(({ kind }) => kind)).toEqual(Array(21).fill('authentication'));
    expect(await come('of another service')).toEqual({
      kind: 'rate_limit',
      message: 'Too many requests with this wrong API key. Try again in 1 s.',
      retryAfter: 1,
      shouldRetry: false,
    });
    expect(await come(GENERATED)).toEqual({ keyId: 'generated' });
    expect(await guess(9)).toEqual(Array(9).fill('authentication'));
    clock.advance(1);
    expect((await repeat(2)).map(({ kind, retryAfter }) => [kind, retryAfter])).toEqual([
      ['authentication', undefined],
      ['rate_limit', 2],
    ]);
  });

  it('counts each guess of a request that brings several', async () => {
    const { come, guess } = stage();
    for (let time = 0; time < 4; time++) await come([`a ${time}`, `b ${time}`, `c ${time}`]);
    expect(await guess(1)).toEqual(['rate_limit']);
  });

  it('answers no more guesses when they come all at once, and looks at no key after a block began', async () => {
    const { come } = stage({ slow: /^/ });
    const answers = await Promise.all(Array.from({ length: 500 }, (_, guess) => come(`guess ${guess}`)));
    expect(answers.filter(({ kind }) => kind === 'authentication')).toHaveLength(11);
    const ofOurForm = (guess: number) => formatApiKey(Buffer.alloc(32, guess + 2));
    const [, late] = await Promise.all([
      Promise.all(Array.from({ length: 200 }, (_, guess) => come(ofOurForm(guess), OFFICE))),
      come(GENERATED, OFFICE),
    ]);
    expect(late).toMatchObject({ kind: 'rate_limit' });
  });

  it('does not tell a right guess from the others that come all at once, though it is known already', async () => {
    const { come } = stage({ slow: /^guess/ });
    await come('an operator’s own', OFFICE);
    const guesses = Array.from({ length: 50 }, (_, guess) => (guess === 30 ? 'an operator’s own' : `guess ${guess}`));
    const answers = await Promise.all(guesses.map((key) => come(key)));
    expect(answers[30]).toMatchObject({ kind: 'rate_limit' });
    expect(answers.filter(({ kind }) => kind === 'authentication')).toHaveLength(11);
  });

  it('counts guesses at an operator’s own text while the database is away, and keys of ours not', async () => {
    const { come } = stage({ away: /^guess|^amq_/ });
    const kinds = async (key: (index: number) => string, address: string) => {
      const found: unknown[] = [];
      for (let index = 0; index < 12; index++) found.push((await come(key(index), address)).kind);
      return found;
    };
    expect(await kinds((index) => `guess ${index}`, ADDRESS)).toEqual([...Array(11).fill('unavailable'), 'rate_limit']);
    expect(await come('an operator’s own')).toMatchObject({ kind: 'rate_limit' });
    expect(await kinds((index) => formatApiKey(Buffer.alloc(32, index)), OFFICE)).toEqual(
      Array(12).fill('unavailable'),
    );
  });

  it('lets in everybody who is good, however many come at once', async () => {
    const { come } = stage({ slow: /^/ });
    const answers = await Promise.all(Array.from({ length: 500 }, () => come(GENERATED)));
    expect(answers).toEqual(Array(500).fill({ keyId: 'generated' }));
  });

  it.each(['disabled', 'expired', 'office'])('takes no key that is ours for a guess: %s', async (key) => {
    const { come, guess } = stage();
    for (let time = 0; time < 50; time++) await come(key);
    expect(await guess(1)).toEqual(['authentication']);
  });

  it('takes a request without a key for no guess', async () => {
    const { come, guess } = stage();
    for (let time = 0; time < 50; time++) expect((await come([])).kind).toBe('authentication');
    expect(await guess(1)).toEqual(['authentication']);
  });

  it('tells the audit log the beginning of a key that has our form, and nothing of any other', async () => {
    const { come, rows } = stage();
    const deleted = formatApiKey(Buffer.alloc(32, 9));
    await come(deleted);
    await come(`${deleted.slice(0, -1)}!`, OFFICE);
    await come('planted-secret', '203.0.113.9');
    expect(rows.map(({ details }) => details)).toEqual([
      { reason: 'unknown', prefix: deleted.slice(0, 10) },
      { reason: 'unknown' },
      { reason: 'unknown' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('planted');
  });
});
