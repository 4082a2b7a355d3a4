import { describe, expect, it } from '@jest/globals';
import { endpointOf } from './endpoint.js';

describe('endpointOf', () => {
  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com', ''],
    ['https://api.anthropic.com/', 'https://api.anthropic.com', ''],
    ['https://api.anthropic.com/v1', 'https://api.anthropic.com', ''],
    ['https://api.anthropic.com/v1/', 'https://api.anthropic.com', ''],
    ['https://api.anthropic.com/v1//', 'https://api.anthropic.com', ''],
    ['http://models.test:8443/api/anthropic', 'http://models.test:8443', '/api/anthropic'],
    ['http://models.test/anthropic/v1/', 'http://models.test', '/anthropic'],
    ['http://models.test/v1beta', 'http://models.test', '/v1beta'],
    ['http://models.test/v1/anthropic', 'http://models.test', '/v1/anthropic'],
  ])('reads %s', (baseUrl, origin, prefix) => {
    expect(endpointOf(baseUrl)).toEqual({ origin, prefix });
  });
});
