import { describe, expect, it } from '@jest/globals';
import { quoteService } from './quote-service.js';

describe('quoteService', () => {
  it.each([
    ['Your User ID (d-9067642ac7.b4c8a4d8-0061-7078-3f1f-0a1b2c3d4e5f) temporarily is suspended.'],
    ['The bearer token included in the request is invalid.'],
    ['arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL is not available'],
  ])('keeps what the service says: %s', (words) => {
    expect(quoteService(words)).toBe(words);
  });

  it.each([
    ['a token', `token ${'aoaAAAAAG'.padEnd(100, 'x')} is not valid`, 'token … is not valid'],
    ['a header', 'got Authorization: Bearer abcdefghijklmnopqrstuvwxyz', 'got Authorization: Bearer …'],
    ['line breaks', ' one\r\n\ttwo\u2028three ', 'one two three'],
    ['what turns a line around', 'locked \u202eby us', 'locked  by us'],
    ['half a character', `a \ud800 b`, 'a \ufffd b'],
  ])('leaves out %s', (_what, words, kept) => {
    expect(quoteService(words)).toBe(kept);
  });

  it('is bounded, however much is said', () => {
    expect(quoteService('so '.repeat(100_000))).toHaveLength(500);
    expect(quoteService(`${'x '.repeat(249)}x\u{1f512}`)).toMatch(/x\ufffd$/);
  });
});
