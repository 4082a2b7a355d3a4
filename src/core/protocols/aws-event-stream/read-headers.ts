import { FrameError, type HeaderValue } from './frame.js';

/** Parses the header block `bytes[start, end)` of a frame: name length, name, type, value, again and again. */
export function readHeaders(bytes: Buffer, start: number, end: number): Record<string, HeaderValue> {
  const headers: Record<string, HeaderValue> = {};
  const reader = new HeaderReader(bytes, start, end);
  while (!reader.done) {
    const name = reader.text(reader.integer(1));
    headers[name] = reader.value();
  }
  return headers;
}

class HeaderReader {
  constructor(
    private readonly bytes: Buffer,
    private position: number,
    private readonly end: number,
  ) {}

  get done(): boolean {
    return this.position >= this.end;
  }

  integer(size: 1 | 2): number {
    return this.bytes.readUIntBE(this.take(size), size);
  }

  text(length: number): string {
    const from = this.take(length);
    return this.bytes.toString('utf8', from, from + length);
  }

  value(): HeaderValue {
    const type = this.integer(1);
    switch (type) {
      case 0:
        return true;
      case 1:
        return false;
      case 2:
        return this.bytes.readInt8(this.take(1));
      case 3:
        return this.bytes.readInt16BE(this.take(2));
      case 4:
        return this.bytes.readInt32BE(this.take(4));
      case 5:
        return this.bytes.readBigInt64BE(this.take(8));
      case 6: {
        const length = this.integer(2);
        const from = this.take(length);
        return Uint8Array.prototype.slice.call(this.bytes, from, from + length);
      }
      case 7:
        return this.text(this.integer(2));
      case 8:
        return Number(this.bytes.readBigInt64BE(this.take(8)));
      case 9: {
        const from = this.take(16);
        return this.bytes.toString('hex', from, from + 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      }
      default:
        throw new FrameError('headers', `unknown header type ${type}`);
    }
  }

  private take(length: number): number {
    const from = this.position;
    this.position += length;
    if (this.position > this.end) throw new FrameError('headers', 'a header reaches past the header block');
    return from;
  }
}
