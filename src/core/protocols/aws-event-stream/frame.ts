/** Value of a frame header; the wire has ten types (amazon-q.md §3). Timestamps are epoch milliseconds. */
export type HeaderValue = boolean | number | bigint | string | Uint8Array;

/** One message of an AWS event stream, checksums verified. `payload` is a view into the received bytes. */
export interface Frame {
  headers: Readonly<Record<string, HeaderValue>>;
  payload: Buffer;
}

/** What can be wrong with the bytes of a stream. */
export type FrameErrorType = 'length' | 'prelude-checksum' | 'message-checksum' | 'headers' | 'truncated';

export class FrameError extends Error {
  constructor(
    readonly type: FrameErrorType,
    message: string,
  ) {
    super(message);
    this.name = 'FrameError';
  }
}
