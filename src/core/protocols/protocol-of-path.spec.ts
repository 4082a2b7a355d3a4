import { describe, expect, it } from '@jest/globals';
import { type ClientProtocol, isOpenai, protocolOf, requestIdHeader } from './protocol-of-path.js';

describe('protocolOf', () => {
  it.each<[string, ClientProtocol]>([
    ['/v1/messages', 'anthropic'],
    ['/messages/count_tokens', 'anthropic'],
    ['/api/hello', 'anthropic'],
    ['/v1/chat/completions', 'openai_chat'],
    ['/chat/completions', 'openai_chat'],
    ['/v1/chat/completions/chatcmpl-1', 'openai_chat'],
    ['/v1/responses', 'openai_responses'],
    ['/responses/resp_1/input_items', 'openai_responses'],
    ['/v1/embeddings', 'openai'],
    ['/v1/messagesque', 'openai'],
    ['/anything', 'openai'],
    ['/v2/accounts', 'admin'],
    ['/accounts/stats', 'admin'],
    ['/health/live', 'other'],
    ['/metrics', 'other'],
    ['/docs/nothing', 'other'],
    ['/openapi.json', 'other'],
    ['/', 'other'],
  ])('of %s is %s', (path, protocol) => {
    expect(protocolOf(path, {})).toBe(protocol);
  });

  it.each<[string, ClientProtocol]>([
    ['/v1/models', 'anthropic'],
    ['/v1/files', 'anthropic'],
    ['/v1/chat/completions', 'openai_chat'],
    ['/v2/accounts', 'admin'],
    ['/health', 'other'],
  ])('of %s with an anthropic-version is %s', (path, protocol) => {
    expect(protocolOf(path, { 'anthropic-version': '2023-06-01' })).toBe(protocol);
  });
});

describe('protocolOf, asked by Claude Code', () => {
  it.each<[string, ClientProtocol]>([
    ['claude-code/2.1.329', 'anthropic'],
    ['claude-cli/2.1.329 (external, cli)', 'anthropic'],
    ['OpenAI/JS 7.55.0', 'openai'],
  ])('without an anthropic-version, by %s, is %s', (userAgent, protocol) => {
    expect(protocolOf('/v1/models', { 'user-agent': userAgent })).toBe(protocol);
  });
});

describe('isOpenai', () => {
  it.each<[ClientProtocol, boolean]>([
    ['openai_chat', true],
    ['openai_responses', true],
    ['openai', true],
    ['anthropic', false],
    ['admin', false],
    ['other', false],
  ])('says of %s: %s', (protocol, expected) => {
    expect(isOpenai(protocol)).toBe(expected);
  });
});

describe('requestIdHeader', () => {
  it('is each API’s own', () => {
    expect(requestIdHeader('anthropic')).toBe('request-id');
    expect(requestIdHeader('openai_chat')).toBe('x-request-id');
    expect(requestIdHeader('admin')).toBe('x-request-id');
  });
});
