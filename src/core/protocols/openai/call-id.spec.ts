import { describe, expect, it } from '@jest/globals';
import { encodeCallId } from './call-id.js';

describe('encodeCallId', () => {
  it.each([
    ['toolu_01A', 'call_01A'],
    ['tooluse_xYz', 'call_xYz'],
    ['abc', 'call_abc'],
    ['call_abc', 'call_abc'],
    ['my_tooluse_1', 'call_my_tooluse_1'],
  ])('%s is %s', (id, expected) => {
    expect(encodeCallId(id)).toBe(expected);
  });
});
