import { crc32 } from 'node:zlib';
import { type Frame, FrameError, type HeaderValue } from './frame.js';
import { readHeaders } from './read-headers.js';

// Layout (amazon-q.md §3): total length, headers length, CRC of these two; headers; payload; CRC of all before it.
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const SMALLEST_FRAME = PRELUDE_BYTES + CHECKSUM_BYTES;
/** Gateways cap at 16–24 MiB; AWS documents 16 MiB for the payload. */
export const LARGEST_FRAME = 16 * 1024 * 1024;

/** CRC-32 (IEEE) of each byte value. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * Bytes in, whole frames out; keeps at most one unfinished frame. Both checksums are verified.
 * One per stream; after a FrameError it must not be used again.
 */
export class FrameDecoder {
  private readonly prelude = Buffer.alloc(PRELUDE_BYTES);
  private partial: Buffer = this.prelude;
  private filled = 0;
  private failure: unknown;
  /** Frames of one kind have the same header block to the byte: parsing it once spares most of the decoder's time. */
  private lastHeaderBlock: Buffer = Buffer.alloc(0);
  private lastHeaders: Readonly<Record<string, HeaderValue>> = {};

  /**
   * Whole frames in front of a bad one are handed out first: the error is thrown by the next call.
   * @throws FrameError when the bytes are no event stream
   */
  push(chunk: Buffer): Frame[] {
    if (this.failure) throw this.failure;
    const frames: Frame[] = [];
    try {
      this.read(chunk, frames);
    } catch (error) {
      if (frames.length === 0) throw error;
      this.failure = error;
    }
    return frames;
  }

  /** @throws FrameError when the stream was bad, or ended inside a frame */
  end(): void {
    if (this.failure) throw this.failure;
    if (this.filled > 0) throw new FrameError('truncated', 'the stream ended inside a frame');
  }

  private read(chunk: Buffer, frames: Frame[]): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.filled === 0 && chunk.length - offset >= PRELUDE_BYTES) {
        const total = readTotalLength(chunk, offset);
        if (chunk.length - offset >= total) {
          frames.push(this.readFrame(chunk, offset, total));
          offset += total;
          continue;
        }
      }
      offset += this.keep(chunk, offset, frames);
    }
  }

  /** Copies what belongs to the unfinished frame; returns how many bytes that were. */
  private keep(chunk: Buffer, offset: number, frames: Frame[]): number {
    const copied = chunk.copy(this.partial, this.filled, offset);
    this.filled += copied;
    if (this.filled < this.partial.length) return copied;
    if (this.partial === this.prelude) {
      // Only now is the frame's size known (and vouched for by its checksum).
      this.partial = Buffer.allocUnsafe(readTotalLength(this.prelude, 0));
      this.prelude.copy(this.partial);
    } else {
      frames.push(this.readFrame(this.partial, 0, this.partial.length));
      this.partial = this.prelude;
      this.filled = 0;
    }
    return copied;
  }

  private readFrame(bytes: Buffer, start: number, total: number): Frame {
    const end = start + total - CHECKSUM_BYTES;
    if (crc32(bytes.subarray(start, end)) !== bytes.readUInt32BE(end)) {
      throw new FrameError('message-checksum', 'a frame has a wrong message checksum');
    }
    const headersStart = start + PRELUDE_BYTES;
    const headersEnd = headersStart + bytes.readUInt32BE(start + 4);
    return { headers: this.headers(bytes, headersStart, headersEnd), payload: bytes.subarray(headersEnd, end) };
  }

  private headers(bytes: Buffer, start: number, end: number): Readonly<Record<string, HeaderValue>> {
    const same =
      this.lastHeaderBlock.length === end - start &&
      bytes.compare(this.lastHeaderBlock, 0, end - start, start, end) === 0;
    if (!same) {
      this.lastHeaders = readHeaders(bytes, start, end);
      this.lastHeaderBlock = Buffer.from(bytes.subarray(start, end));
    }
    return this.lastHeaders;
  }
}

function readTotalLength(bytes: Buffer, start: number): number {
  if (preludeChecksum(bytes, start) !== bytes.readUInt32BE(start + 8)) {
    throw new FrameError('prelude-checksum', 'a frame has a wrong prelude checksum');
  }
  const total = bytes.readUInt32BE(start);
  const headers = bytes.readUInt32BE(start + 4);
  if (total > LARGEST_FRAME)
    throw new FrameError('length', `a frame of ${total} bytes is over the limit of ${LARGEST_FRAME}`);
  if (total < SMALLEST_FRAME || headers > total - SMALLEST_FRAME)
    throw new FrameError('length', 'impossible frame length');
  return total;
}

/** CRC-32 of the eight bytes of a prelude: for so few, zlib's call costs ten times the sum. */
function preludeChecksum(bytes: Buffer, start: number): number {
  let checksum = 0xffffffff;
  for (let index = start; index < start + 8; index++) {
    checksum = (CRC_TABLE[(checksum ^ (bytes[index] as number)) & 0xff] as number) ^ (checksum >>> 8);
  }
  return (checksum ^ 0xffffffff) >>> 0;
}
