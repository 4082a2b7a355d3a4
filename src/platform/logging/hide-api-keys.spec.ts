import { describe, expect, it } from '@jest/globals';
import { hideApiKeys } from './hide-api-keys.js';

const KEY = `amq_${'aB3-_'.repeat(10)}`;

describe('hideApiKeys', () => {
  it.each([
    [`/v2/api-keys/${KEY}/rotate`, '/v2/api-keys/amq_…/rotate'],
    [`{"${KEY}":"${KEY}"}`, '{"amq_…":"amq_…"}'],
    [KEY.slice(0, 30), 'amq_…'],
    ['/v2/api-keys/amq_3fG7aa', '/v2/api-keys/amq_3fG7aa'],
    ['', ''],
  ])('%s becomes %s', (text, hidden) => {
    expect(hideApiKeys(text)).toBe(hidden);
  });
});
