import { describe, expect, it } from '@jest/globals';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { exception, text, toolUse } from '../script.js';
import { encodeScriptedFrame, spoilChecksum } from './encode-frame.js';

const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes as Uint8Array),
  (value) => new TextEncoder().encode(value),
);

describe('encoding of frames', () => {
  it('makes the bytes of the sheet (§11.3)', () => {
    expect(encodeScriptedFrame(text('Hi'))?.toString('hex')).toBe(
      '0000007c0000005c3bddcf780b3a6576656e742d74797065070016617373697374616e74526573706f6e73654576656e74' +
        '0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065' +
        '0700056576656e747b22636f6e74656e74223a224869227db02babdc',
    );
  });

  it.each([
    ['an event', toolUse('tooluse_1', 'get_weather', ['{"city":"Tromsø 🙂"}'])[1]],
    ['an exception', exception('error', { message: 'no' })],
    ['an error', { errorCode: 'Internal', errorMessage: 'façade' }],
  ] as const)("makes %s that AWS's codec reads", (_name, event) => {
    const frame = encodeScriptedFrame(event as Parameters<typeof encodeScriptedFrame>[0]) ?? Buffer.alloc(0);
    const { headers, body } = codec.decode(frame);

    expect(headers[':message-type']).toEqual({ type: 'string', value: _name.split(' ')[1] });
    expect(Buffer.from(codec.encode({ headers, body })).equals(frame)).toBe(true);
  });

  it.each(['prelude-crc', 'message-crc'] as const)('spoils the %s and nothing else', (which) => {
    const frame = encodeScriptedFrame(text('Hi')) ?? Buffer.alloc(0);
    const spoilt = spoilChecksum(frame, which);

    expect(() => codec.decode(spoilt)).toThrow(/checksum/);
    expect([...spoilt].filter((byte, index) => byte !== frame[index])).toHaveLength(4);
    expect(codec.decode(frame).body).toHaveLength(16);
  });
});
