import { describe, expect, it } from '@jest/globals';
import { ResponseReader } from './response-reader.js';

const chunked = Buffer.from(
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb;x=1\r\n, \r\nnaïve!\r\n0\r\n\r\n',
);
const sized = Buffer.from('HTTP/1.1 429 Too Many\r\nx-a: b\r\ncontent-length: 4\r\n\r\noops');

function read(bytes: Buffer, size: number): ResponseReader {
  const reader = new ResponseReader(true);
  for (let offset = 0; offset < bytes.length; offset += size) {
    expect(reader.isComplete).toBe(false);
    reader.push(bytes.subarray(offset, offset + size));
  }
  return reader;
}

describe('reading of responses', () => {
  it.each(Array.from({ length: chunked.length }, (_, index) => index + 1))(
    'reads chunks in pieces of %d bytes',
    (size) => {
      const { status, bodyLength, body, isComplete } = read(chunked, size);

      expect({ status, bodyLength, body: String(body), isComplete }).toEqual({
        status: 200,
        bodyLength: 16,
        body: 'hello, \r\nnaïve!',
        isComplete: true,
      });
    },
  );

  it.each([1, 7, sized.length])('reads a body with a length in pieces of %d bytes', (size) => {
    const { status, body, isComplete } = read(sized, size);

    expect({ status, body: String(body), isComplete }).toEqual({ status: 429, body: 'oops', isComplete: true });
  });

  it('is complete after the head of an empty body', () => {
    expect(read(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 100).isComplete).toBe(true);
  });

  it.each([
    ['bytes after the end', Buffer.concat([sized, Buffer.from('x')])],
    ['a head without a length', Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
    ['a chunk without a size', Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n')],
  ])('refuses %s', (_name, bytes) => {
    expect(() => new ResponseReader(false).push(bytes)).toThrow();
  });
});
