import type { IncomingMessage } from 'node:http';
import type { ApiHeaders } from '../core/protocols/anthropic-upstream/relay.js';

/** As Claude Code and the older SDKs' beta clients ask (anthropic.md §0). */
const BETA = /[?&]beta=true(&|$)/;

/** What a client of the Messages API says beside the body. Node joins a repeated header to one text. */
export function apiHeadersOf({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): ApiHeaders {
  return {
    version: headers['anthropic-version'] as string | undefined,
    betas: headers['anthropic-beta'] as string | undefined,
    isBeta: BETA.test(url),
  };
}
