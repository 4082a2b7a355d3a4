import { Client, type Dispatcher } from 'undici';
import { guardedConnector } from '../../../platform/network/guarded-connector.js';
import { VERSION } from '../../../platform/version.js';
import type { ByteBudget } from './byte-budget.js';
import { checkUrl } from './check-url.js';
import type { FetchRules } from './fetch-rules.js';

const MOST_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const LARGEST_HEAD_BYTES = 16 * 1024;

export interface Wanted {
  mediaTypes: readonly string[];
  /** Largest file. */
  maxBytes: number;
}

export interface Downloaded {
  mediaType: string;
  bytes: Buffer;
}

/** A server on the public internet answered, but not with what was wanted: this much a client may know. */
export class UnwantedContent extends Error {
  constructor(readonly problem: 'media-type' | 'too-large' | 'budget') {
    super(problem);
  }
}

/**
 * Fetches one file for a client's request. No cookie, no header of the client goes along, and every hop of a redirect is
 * checked like the first.
 * @throws UnwantedContent for the wrong kind or size; anything else means that there is nothing to be had
 */
export async function download(
  address: string,
  wanted: Wanted,
  rules: FetchRules,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<Downloaded> {
  let url = checkUrl(address, undefined, rules);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await get(url, wanted, rules, budget, signal);
    if ('bytes' in answer) return answer;
    url = checkUrl(answer.location, url, rules);
  }
  throw new Error('too many redirects');
}

/** One request on a connection of its own: none is kept for an origin that a client named. */
async function get(
  url: URL,
  wanted: Wanted,
  rules: FetchRules,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<Downloaded | { location: string }> {
  const client = new Client(url.origin, {
    connect: guardedConnector(rules, signal),
    headersTimeout: rules.silenceMs,
    bodyTimeout: rules.silenceMs,
    maxHeaderSize: LARGEST_HEAD_BYTES,
  });
  // A request that waits for its connection doesn't listen to its signal.
  const leave = () => void client.destroy(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    signal.throwIfAborted();
    const response = await client.request({
      method: 'GET',
      path: url.pathname + url.search,
      // Nothing is decompressed: what is small on the way must not be large here.
      headers: {
        'user-agent': `amq-gateway/${VERSION}`,
        accept: wanted.mediaTypes.join(', '),
        'accept-encoding': 'identity',
      },
      reset: true,
    });
    // A body that nobody reads fails when the connection is cut below.
    response.body.on('error', () => undefined);
    const { location } = response.headers;
    if (REDIRECTS.includes(response.statusCode) && typeof location === 'string') return { location };
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    return { mediaType: mediaTypeOf(response, wanted), bytes: await bodyOf(response, wanted, budget) };
  } finally {
    signal.removeEventListener('abort', leave);
    void client.destroy();
  }
}

function mediaTypeOf({ headers }: Dispatcher.ResponseData, wanted: Wanted): string {
  const mediaType = String(headers['content-type'] ?? '')
    .split(';', 1)[0]
    ?.trim()
    .toLowerCase();
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  if (!isPlain || !mediaType || !wanted.mediaTypes.includes(mediaType)) throw new UnwantedContent('media-type');
  return mediaType;
}

async function bodyOf({ headers, body }: Dispatcher.ResponseData, wanted: Wanted, budget: ByteBudget): Promise<Buffer> {
  if (Number(headers['content-length']) > wanted.maxBytes) throw new UnwantedContent('too-large');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > wanted.maxBytes) throw new UnwantedContent('too-large');
    if (!budget.take(chunk.length)) throw new UnwantedContent('budget');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
