import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { eventFrame, frame } from '../../../../test/support/frames.js';
import type { Frame, FrameError } from './frame.js';
import { FrameDecoder, LARGEST_FRAME } from './frame-decoder.js';

/** The two frames printed in amazon-q.md §11.3, byte for byte. */
const PRINTED = Buffer.from(
  `0000007c0000005c3bddcf780b3a6576656e742d74797065070016617373697374
   616e74526573706f6e73654576656e740d3a636f6e74656e742d74797065070010
   6170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070005
   6576656e747b22636f6e74656e74223a224869227db02babdc`.replace(/\s/g, ''),
  'hex',
);

const read = (frames: Frame[]) =>
  frames.map(({ headers, payload }) => ({ headers, payload: payload.toString('utf8') }));

function decodeInPieces(bytes: Buffer, sizes: number[]): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  let offset = 0;
  for (const size of sizes) {
    frames.push(...decoder.push(bytes.subarray(offset, offset + size)));
    offset += size;
  }
  frames.push(...decoder.push(bytes.subarray(offset)));
  decoder.end();
  return frames;
}

function typeOfError(work: () => void): string {
  try {
    work();
  } catch (error) {
    return (error as FrameError).type;
  }
  return 'none';
}

describe('FrameDecoder', () => {
  const stream = Buffer.concat([
    eventFrame('assistantResponseEvent', { content: 'Grüße, 世界 🙂' }),
    eventFrame('assistantResponseEvent', { content: 'again' }),
    eventFrame('meteringEvent', { usage: 0.5 }),
  ]);
  const whole = read(decodeInPieces(stream, []));

  it('reads the frame printed in the protocol sheet', () => {
    expect(read(decodeInPieces(PRINTED, []))).toEqual([
      {
        headers: {
          ':event-type': 'assistantResponseEvent',
          ':content-type': 'application/json',
          ':message-type': 'event',
        },
        payload: '{"content":"Hi"}',
      },
    ]);
  });

  it('gives the same frames for every split into two pieces', () => {
    expect(whole).toHaveLength(3);
    for (let at = 0; at <= stream.length; at++) expect(read(decodeInPieces(stream, [at]))).toEqual(whole);
  });

  it.each([1, 2, 3, 7, 11, 12, 13, 64])('gives the same frames in pieces of %i bytes', (size) => {
    const sizes = Array.from({ length: Math.floor(stream.length / size) }, () => size);
    expect(read(decodeInPieces(stream, sizes))).toEqual(whole);
  });

  it('reads all ten types of headers', () => {
    const id = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
    const bytes = frame(
      {
        yes: { type: 'boolean', value: true },
        no: { type: 'boolean', value: false },
        byte: { type: 'byte', value: -5 },
        short: { type: 'short', value: -300 },
        integer: { type: 'integer', value: 123_456 },
        binary: { type: 'binary', value: Uint8Array.of(1, 2, 255) },
        text: { type: 'string', value: 'naïve' },
        time: { type: 'timestamp', value: new Date(1_790_000_000_000) },
        id: { type: 'uuid', value: id },
      },
      '',
    );
    expect(decodeInPieces(bytes, [])[0]?.headers).toEqual({
      yes: true,
      no: false,
      byte: -5,
      short: -300,
      integer: 123_456,
      binary: Uint8Array.of(1, 2, 255),
      text: 'naïve',
      time: 1_790_000_000_000,
      id,
    });
  });

  it('reads a 64-bit header', () => {
    const header = Buffer.concat([Buffer.from([1]), Buffer.from('n'), Buffer.from([5]), Buffer.alloc(8, 0xff)]);
    expect(decodeInPieces(rawFrame(header, Buffer.alloc(0)), [])[0]?.headers).toEqual({ n: -1n });
  });

  it('refuses a wrong prelude checksum and a wrong message checksum', () => {
    const prelude = Buffer.from(stream);
    prelude.writeUInt8(prelude.readUInt8(9) ^ 1, 9);
    expect(typeOfError(() => decodeInPieces(prelude, []))).toBe('prelude-checksum');
    const message = Buffer.from(stream);
    message.writeUInt8(message.readUInt8(110) ^ 1, 110);
    expect(typeOfError(() => decodeInPieces(message, []))).toBe('message-checksum');
  });

  it('hands out the good frames before a bad one in the same chunk, then refuses to go on', () => {
    const bad = Buffer.from(eventFrame('assistantResponseEvent', { content: 'bad' }));
    bad.writeUInt8(bad.readUInt8(bad.length - 1) ^ 1, bad.length - 1);
    const decoder = new FrameDecoder();
    expect(decoder.push(Buffer.concat([stream, bad, stream]))).toHaveLength(3);
    expect(typeOfError(() => decoder.push(stream))).toBe('message-checksum');
    expect(typeOfError(() => decoder.end())).toBe('message-checksum');
  });

  it('notices every single flipped bit', () => {
    const good = eventFrame('assistantResponseEvent', { content: 'x' });
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good);
      bad.writeUInt8(bad.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(typeOfError(() => decodeInPieces(bad, []))).toMatch(/checksum/);
    }
  });

  it('refuses every cut that is not between frames', () => {
    const frameEnds = new Set([0]);
    for (let at = 0; at < stream.length; at += stream.readUInt32BE(at)) frameEnds.add(at + stream.readUInt32BE(at));
    for (let at = 0; at <= stream.length; at++) {
      const expected = frameEnds.has(at) ? 'none' : 'truncated';
      expect(typeOfError(() => decodeInPieces(stream.subarray(0, at), []))).toBe(expected);
    }
  });

  it('refuses a frame over the limit before it arrives, and takes one at the limit', () => {
    const prelude = (total: number) => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt32BE(total, 0);
      bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
      return bytes;
    };
    expect(typeOfError(() => new FrameDecoder().push(prelude(LARGEST_FRAME + 1)))).toBe('length');
    expect(new FrameDecoder().push(prelude(LARGEST_FRAME))).toEqual([]);
    expect(typeOfError(() => new FrameDecoder().push(prelude(15)))).toBe('length');
  });

  it.each([
    ['a name longer than the block', [9, 97]],
    ['a value longer than the block', [1, 97, 7, 0, 99]],
    ['an unknown type', [1, 97, 10]],
  ])('refuses headers with %s', (_what, bytes) => {
    expect(typeOfError(() => decodeInPieces(rawFrame(Buffer.from(bytes), Buffer.alloc(0)), []))).toBe('headers');
  });
});

/** A frame with any header block, right checksums included. */
function rawFrame(headers: Buffer, payload: Buffer): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const body = Buffer.concat([prelude, headers, payload]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body), 0);
  return Buffer.concat([body, checksum]);
}
