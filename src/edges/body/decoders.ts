import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** By `content-encoding`. */
const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

/** @returns undefined where the encoding is not known */
export function decoderOf(encoding: string): Transform | undefined {
  return DECODERS.get(encoding.toLowerCase())?.();
}
