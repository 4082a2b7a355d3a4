import { describe, expect, it } from '@jest/globals';
import { EventParser } from './event-parser.js';
import { formatEvent } from './format-event.js';

const parse = (...pieces: (string | Uint8Array)[]) => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(typeof piece === 'string' ? Buffer.from(piece) : piece));
};

describe('EventParser', () => {
  it('reads back what formatEvent writes', () => {
    expect(parse(formatEvent('ping', '{"type":"ping"}'))).toEqual([{ name: 'ping', data: '{"type":"ping"}' }]);
  });

  it.each([
    ['LF', 'event: a\ndata: 1\n\n'],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\n'],
    ['CR', 'event: a\rdata: 1\r\r'],
    ['comments and unknown fields', ': hello\nid: 7\nevent: a\nretry: 9\ndata: 1\n\n'],
    ['no space after the colon', 'event:a\ndata:1\n\n'],
  ])('reads events with %s', (_what, text) => {
    expect(parse(text)).toEqual([{ name: 'a', data: '1' }]);
  });

  it('joins several data lines and names a nameless event', () => {
    expect(parse('data: one\ndata: two\n\n')).toEqual([{ name: 'message', data: 'one\ntwo' }]);
  });

  it('gives the same events for every split, inside characters and line ends too', () => {
    const bytes = Buffer.from('event: ä\r\ndata: 世界 🙂\r\n\r\ndata: 2\n\n');
    for (let at = 0; at <= bytes.length; at++) {
      expect(parse(bytes.subarray(0, at), bytes.subarray(at))).toEqual([
        { name: 'ä', data: '世界 🙂' },
        { name: 'message', data: '2' },
      ]);
    }
  });

  it('does not make an event of what has no data or no end', () => {
    expect(parse('event: a\n\n', 'data: unfinished\n')).toEqual([]);
  });

  it('refuses an event over the limit, in one line or in many', () => {
    const push = (text: string) => () => new EventParser(10).push(Buffer.from(text));
    expect(push('data: 12')).not.toThrow();
    expect(push('data: 12345')).toThrow(RangeError);
    expect(push('data: 123456\ndata: 12345\n')).toThrow(RangeError);
  });
});
