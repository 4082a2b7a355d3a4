import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { GatewayError } from '../../core/errors.js';

type Stored = (error: Error | null, file?: { buffer: Buffer; size: number }) => void;

/** Keeps uploaded files in memory, all of a request's together within a limit. A storage engine as multer wants it. */
export class UploadStorage {
  private readonly sizes = new WeakMap<IncomingMessage, number>();

  /** @param limit bytes of one request's files */
  constructor(private readonly limit: number) {}

  _handleFile(request: IncomingMessage, file: { stream: Readable }, stored: Stored): void {
    const chunks: Buffer[] = [];
    let size = 0;
    file.stream.on('data', (chunk: Buffer) => {
      const total = (this.sizes.get(request) ?? 0) + chunk.length;
      this.sizes.set(request, total);
      if (total > this.limit) return; // reported below; the rest is read away
      size += chunk.length;
      chunks.push(chunk);
    });
    file.stream.once('error', stored);
    file.stream.once('end', () => {
      if ((this.sizes.get(request) ?? 0) > this.limit) stored(uploadTooLarge(this.limit));
      else stored(null, { buffer: Buffer.concat(chunks, size), size });
    });
  }

  _removeFile(_request: IncomingMessage, _file: unknown, removed: (error: Error | null) => void): void {
    removed(null);
  }
}

export function uploadTooLarge(limit: number): GatewayError {
  return new GatewayError('request_too_large', `An upload takes at most ${limit} bytes`);
}
