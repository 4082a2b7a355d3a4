import { describe, expect, it } from '@jest/globals';
import { verified } from '../../../test/support/webhook-receiver.js';
import { formatSecret, secretProblem, signatureOf } from './signature.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('signatureOf', () => {
  it('is what other implementations make', () => {
    const content = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
    expect(signatureOf(content, [SECRET])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is accepted by somebody who knows the secret, or the one before, and nobody else', async () => {
    const other = formatSecret(Buffer.alloc(64, 1));
    const timestamp = Math.floor(Date.now() / 1000);
    const content = { id: 'evt_1', timestamp, body: '{"label":"ünïcode 💡"}' };
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureOf(content, [other, SECRET]),
    };
    await verified({ body: content.body, headers }, SECRET);
    await verified({ body: content.body, headers }, other);
    await expect(verified({ body: content.body, headers }, formatSecret(Buffer.alloc(32)))).rejects.toThrow();
    await expect(verified({ body: `${content.body} `, headers }, SECRET)).rejects.toThrow();
    await expect(
      verified({ body: content.body, headers: { ...headers, 'webhook-id': 'evt_2' } }, SECRET),
    ).rejects.toThrow();
  });
});

describe('a secret', () => {
  it.each([
    SECRET,
    formatSecret(Buffer.alloc(24)),
    formatSecret(Buffer.alloc(64)),
    formatSecret(Buffer.alloc(32, 255)),
  ])('may be %s', (secret) => {
    expect(secretProblem(secret)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['a number', 7],
    ['empty', ''],
    ['its mark alone', 'whsec_'],
    ['without its mark', SECRET.slice(6)],
    ['shorter than 24 bytes', formatSecret(Buffer.alloc(23))],
    ['longer than 64 bytes', formatSecret(Buffer.alloc(65))],
    ['no base64', `${SECRET}!`],
    ['base64 that was cut', `${SECRET}A`],
    ['very long', `whsec_${'A'.repeat(100_000)}`],
  ])('may not be %s', (_what, secret) => {
    expect(secretProblem(secret)).toBe('secret must be whsec_ and 24 to 64 bytes in base64');
  });
});
