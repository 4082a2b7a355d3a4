const headEnd = Buffer.from('\r\n\r\n');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads one HTTP/1.1 response off its bytes, wherever they are cut. It knows what the bench meets and no more: a
 * length or chunks. Cheaper than a whole client, so that the load side is not what is measured.
 */
export class ResponseReader {
  status = 0;
  /** Bytes of the body so far, without the marks of its chunks. */
  bodyLength = 0;
  isComplete = false;
  readonly #pieces: Buffer[] | undefined;
  #head: Buffer = Buffer.alloc(0);
  #state: 'head' | 'length' | 'size' | 'chunk' | 'chunk-end' | 'trailer' = 'head';
  /** Bytes missing of the body, or of the chunk. */
  #missing = 0;
  #line = '';

  constructor(keepBody: boolean) {
    this.#pieces = keepBody ? [] : undefined;
  }

  get body(): Buffer | undefined {
    return this.#pieces && Buffer.concat(this.#pieces);
  }

  /** @throws when the bytes are no answer this reader knows, or go on after its end */
  push(bytes: Buffer): void {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.isComplete) {
        throw new Error('bytes after the end of the answer');
      }
      offset = this.#step(bytes, offset);
    }
  }

  #step(bytes: Buffer, offset: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, offset);
      case 'length':
      case 'chunk':
        return this.#readBody(bytes, offset);
      default:
        return this.#readLine(bytes, offset);
    }
  }

  #readHead(bytes: Buffer, offset: number): number {
    const before = this.#head.length;
    this.#head = Buffer.concat([this.#head, bytes.subarray(offset)]);
    const end = this.#head.indexOf(headEnd);
    if (end < 0) {
      return bytes.length;
    }
    const head = this.#head.toString('latin1', 0, end);
    this.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) {
      this.#state = 'length';
      this.#missing = Number(length);
      this.isComplete = this.#missing === 0;
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#state = 'size';
    } else {
      throw new Error('an answer without length and without chunks');
    }
    return offset + end + headEnd.length - before;
  }

  #readBody(bytes: Buffer, offset: number): number {
    const end = Math.min(bytes.length, offset + this.#missing);
    this.#missing -= end - offset;
    this.bodyLength += end - offset;
    this.#pieces?.push(Buffer.from(bytes.subarray(offset, end)));
    if (this.#missing === 0) {
      this.isComplete = this.#state === 'length';
      this.#state = 'chunk-end';
    }
    return end;
  }

  #readLine(bytes: Buffer, start: number): number {
    for (let offset = start; offset < bytes.length; offset += 1) {
      const byte = bytes[offset] ?? 0;
      if (byte === lineFeed) {
        this.#endLine();
        return offset + 1;
      }
      if (byte !== carriageReturn) {
        this.#line += String.fromCharCode(byte);
      }
    }
    return bytes.length;
  }

  #endLine(): void {
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'chunk-end') {
      this.#state = 'size';
    } else if (this.#state === 'trailer') {
      this.isComplete = line === '';
    } else {
      this.#missing = Number.parseInt(line, 16);
      if (!Number.isFinite(this.#missing)) {
        throw new Error('a chunk without a size');
      }
      this.#state = this.#missing === 0 ? 'trailer' : 'chunk';
    }
  }
}
