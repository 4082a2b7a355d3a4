import { describe, expect, it } from '@jest/globals';
import { formatCursor, parseCursor } from './page-cursor.js';

describe('a cursor', () => {
  it('names the position it was made of', () => {
    const position = { createdAt: new Date('2026-11-20T12:00:00.123Z'), id: '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11' };
    expect(parseCursor(formatCursor(position))).toEqual(position);
  });

  it('is safe in a URL', () => {
    expect(formatCursor({ createdAt: new Date(), id: '~~~???>>>' })).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each([
    ['nothing', ''],
    ['a number', '7'],
    ['words', 'next page please'],
    ['an id without a time', Buffer.from('.abc').toString('base64url')],
    ['a time without an id', Buffer.from('1795197600000.').toString('base64url')],
    ['an id with a zero byte', Buffer.from('1795197600000.a\0').toString('base64url')],
    ['a time beyond every calendar', Buffer.from('9999999999999999.abc').toString('base64url')],
  ])('is refused when it is %s', (_what, text) => {
    expect(parseCursor(text)).toBeUndefined();
  });
});
