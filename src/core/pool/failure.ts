/** The one table of error classes, used by pool, metrics and error bodies (contract §6). */
export const FAILURE_CLASSES = [
  'transient',
  'rate_limit',
  'quota',
  'auth',
  'suspended',
  'capacity',
  'invalid_request',
  'context_length',
  'unknown',
] as const;

export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** How a request may be sent again, changed, after upstream refused it as it was; each at most once a request. */
export type RequestChange =
  | 'without-thinking' // the signature of replayed thinking was refused
  | 'reduced-schemas' // a tool's schema was refused
  | 'documents-as-text' // the model takes no documents
  | 'new-conversation'; // the conversation's id was refused

/**
 * What a failure says of the account it happened on; what follows from it stands in `account-effect.ts`. A finding that
 * may be about something else (a proxy on the way, this one call) is looked into before it counts.
 */
export const ACCOUNT_FINDINGS = [
  'suspended', // the service locked it, in so many words
  'locked', // looks like it, without a word
  'unsupported', // the service does not serve it, or not through this surface
  'misconfigured', // its profile, customisation or key is not there
  'maybe-misconfigured', // a 404 or 409 that need not come from the service
  'denied', // no subscription, or a wrong profile, or only this one call
  'token-refused', // expired, or of another region
  'key-refused', // of an endpoint that knows no renewal
  'profile-missing', // the surface asks for one
  'hour-spent', // a quota, by its window
  'day-spent',
  'week-spent',
  'month-spent',
  'model-unknown', // its list of models is old
] as const;

export type AccountFinding = (typeof ACCOUNT_FINDINGS)[number];

/** What upstream said, classified once (amazon-q.md §6.3). Nothing downstream looks at status codes again. */
export interface Failure {
  class: FailureClass;
  /**
   * Where trying again may help: with a renewed token, with the profile looked up, changed, on the same account, on
   * another one, or nowhere.
   */
  retry: 'renew-token' | 'find-profile' | 'changed-request' | 'same-account' | 'other-account' | 'never';
  /** Absent: nothing about the account. */
  account?: AccountFinding;
  /** With `changed-request`: what to change. */
  change?: RequestChange;
  /** HTTP status, when there was an answer. */
  status?: number;
  /** Type and reason as upstream named them, for logs. */
  type?: string;
  reason?: string;
  /** The service's own words, for the account's operator; may name the account's user, so never for a client. */
  serviceMessage?: string;
  /** Seconds, as upstream asked. */
  retryAfter?: number;
}
