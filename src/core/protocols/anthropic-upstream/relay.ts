import type { Flow } from '../../messages/flow.js';

/** What a client of the Messages API says beside the body, and goes along with it. */
export interface ApiHeaders {
  /** `anthropic-version` */
  version?: string;
  /** `anthropic-beta`, as it was sent. */
  betas?: string;
  /** Whether the path had `?beta=true`. */
  isBeta: boolean;
}

/** The bytes of a request, for as long as they may have to be sent: a long answer need not hold them. */
export class RelayBody {
  private held: Buffer | undefined;

  constructor(bytes: Buffer) {
    this.held = bytes;
  }

  /** Undefined once they were let go. */
  get bytes(): Buffer | undefined {
    return this.held;
  }

  release(): void {
    this.held = undefined;
  }
}

/** A request that goes to an endpoint as its client wrote it. */
export interface RelayRequest {
  operation: 'messages' | 'count_tokens';
  body: RelayBody;
  /** Whether the client asked for a stream. */
  stream: boolean;
  headers: ApiHeaders;
  flow: Flow;
}

/** The head of an answer, as far as a client gets to see it. */
export interface RelayHead {
  contentType: string;
  contentLength?: string;
  contentEncoding?: string;
  /** The endpoint's own, for the log. */
  requestId?: string;
}

/** A good answer, as it comes: one head, then its bytes. */
export type RelayEvent = { type: 'head'; head: RelayHead } | { type: 'bytes'; bytes: Uint8Array };
