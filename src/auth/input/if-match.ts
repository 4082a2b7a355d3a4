import { GatewayError } from '../../core/errors.js';

/** Far more than a client has reason to name. */
const LONGEST_HEADER = 1_000;
/** An entity tag, weak or strong (RFC 9110 §8.8.3). */
const TAG = String.raw`(?:W\/)?"[\x21\x23-\x7e]*"`;
const TAGS = new RegExp(String.raw`^${TAG}(?:\s*,\s*${TAG})*$`);

/** The entity tag of something at this revision. */
export function formatEtag(revision: number): string {
  return `"${revision}"`;
}

/** Whether a request asks for more than that it is there. */
export function isConditional(ifMatch: string | undefined): boolean {
  return ifMatch !== undefined && ifMatch.trim() !== '*';
}

/**
 * Whether what is at this revision may be changed by a request with this `If-Match` (RFC 9110 §13.1.1): it names the
 * revision, or is `*`, or is not there. A weak tag never matches.
 * @throws GatewayError `invalid_request` when it is no list of entity tags
 */
export function matchesRevision(ifMatch: string | undefined, revision: number): boolean {
  if (ifMatch === undefined || !isConditional(ifMatch)) return true;
  const text = ifMatch.trim();
  if (text.length > LONGEST_HEADER || !TAGS.test(text)) {
    throw new GatewayError('invalid_request', 'If-Match must be the ETag of an earlier answer, such as "3", or *', {
      path: 'If-Match',
    });
  }
  return text.split(/\s*,\s*/).includes(formatEtag(revision));
}
