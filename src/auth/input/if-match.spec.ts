import { describe, expect, it } from '@jest/globals';
import { formatEtag, isConditional, matchesRevision } from './if-match.js';

describe('If-Match', () => {
  it.each([
    [undefined, true],
    ['*', true],
    [' * ', true],
    ['"3"', true],
    ['"2","3"', true],
    ['W/"3" , "3"', true],
    ['"2"', false],
    ['W/"3"', false],
    ['"33"', false],
    ['""', false],
  ])('%j matches revision 3: %j', (header, matches) => {
    expect(matchesRevision(header, 3)).toBe(matches);
  });

  it.each(['', '3', '"3', '3"', '"3" "4"', '"3",', ',"3"', '"a"b"', '*, "3"', '"\n"', `"${'x'.repeat(1_000)}"`])(
    'is refused as %j',
    (header) => {
      expect(() => matchesRevision(header, 3)).toThrow('If-Match must be the ETag of an earlier answer');
    },
  );

  it('is answered in a blink, however it is written', () => {
    const started = performance.now();
    expect(() => matchesRevision(`"3"${' ,'.repeat(400)}`, 3)).toThrow();
    expect(() => matchesRevision(`"3"${' '.repeat(900)}x`, 3)).toThrow();
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('asks for nothing when it is not there, or is *', () => {
    expect([undefined, '*', '"3"'].map(isConditional)).toEqual([false, false, true]);
    expect(matchesRevision(formatEtag(3), 3)).toBe(true);
  });
});
