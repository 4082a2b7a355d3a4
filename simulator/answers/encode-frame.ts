import { crc32 } from 'node:zlib';
import type { ScriptedEvent } from '../answer.js';

type FrameHeader = readonly [name: string, value: string];

const preludeLength = 12;
const checksumLength = 4;
const stringType = 7;

/** Encodes one frame of the AWS event stream (sheet §3). All headers are strings: nothing else was ever seen. */
export function encodeFrame(headers: readonly FrameHeader[], payload: Uint8Array): Buffer {
  return assemble(encodeHeaders(headers), payload);
}

/** Encodes a scripted frame; steps that are no frames have no bytes. */
export function encodeScriptedFrame(event: ScriptedEvent): Buffer | undefined {
  if ('raw' in event) {
    return Buffer.from(event.raw);
  }
  if ('type' in event) {
    return assemble(eventHeaders(event.type, event.contentType), json(event.payload));
  }
  if ('exception' in event) {
    return encodeFrame(
      [
        [':exception-type', event.exception],
        [':content-type', 'application/json'],
        [':message-type', 'exception'],
      ],
      json(event.payload),
    );
  }
  if ('errorCode' in event) {
    return encodeFrame(
      [
        [':error-code', event.errorCode],
        [':error-message', event.errorMessage],
        [':message-type', 'error'],
      ],
      Buffer.alloc(0),
    );
  }
  return undefined;
}

/** Flips the bits of one checksum and leaves everything else as it is. */
export function spoilChecksum(frame: Buffer, which: 'prelude-crc' | 'message-crc'): Buffer {
  const spoilt = Buffer.from(frame);
  const offset = which === 'prelude-crc' ? preludeLength - checksumLength : frame.length - checksumLength;
  spoilt.writeUInt32BE(~frame.readUInt32BE(offset) >>> 0, offset);
  return spoilt;
}

function assemble(headers: Buffer, payload: Uint8Array): Buffer {
  const total = preludeLength + headers.length + payload.length + checksumLength;
  const frame = Buffer.allocUnsafe(total);
  frame.writeUInt32BE(total, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.set(headers, preludeLength);
  frame.set(payload, preludeLength + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, total - checksumLength)), total - checksumLength);
  return frame;
}

function encodeHeaders(headers: readonly FrameHeader[]): Buffer {
  return Buffer.concat(
    headers.map(([name, value]) => {
      const nameBytes = Buffer.from(name);
      const valueBytes = Buffer.from(value);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(valueBytes.length);
      return Buffer.concat([Buffer.of(nameBytes.length), nameBytes, Buffer.of(stringType), length, valueBytes]);
    }),
  );
}

// Headers repeat for every frame of a type; scripts may invent types, so what is kept is bounded.
const knownHeaders = new Map<string, Buffer>();
const knownHeadersLimit = 256;

function eventHeaders(type: string, contentType: string | null = 'application/json'): Buffer {
  const key = `${type}\n${contentType}`;
  const known = knownHeaders.get(key);
  if (known) {
    return known;
  }
  const contentTypeHeader: FrameHeader[] = contentType === null ? [] : [[':content-type', contentType]];
  const encoded = encodeHeaders([[':event-type', type], ...contentTypeHeader, [':message-type', 'event']]);
  if (knownHeaders.size >= knownHeadersLimit) {
    knownHeaders.clear();
  }
  knownHeaders.set(key, encoded);
  return encoded;
}

function json(payload: object): Buffer {
  return Buffer.from(JSON.stringify(payload));
}
