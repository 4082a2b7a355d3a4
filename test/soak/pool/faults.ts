import { exception, failure, goodEnd, pause, stream, text } from '../../../simulator/script.js';
import type { AcceptedRequest, Answer, ScriptedEvent, SimulatedAccount } from '../../../simulator/simulator.js';
import type { Chance } from '../../property/fuzz/chance.js';
import { piecesOf } from './question.js';

/** What clients may see while one account of three fails so. */
export type Allowed =
  | 'nothing' // every request is answered in full
  | 'cuts' // it fails in the middle of answers: those end as errors, cleanly
  | 'refusals'; // what it says is about the request or the model, so that nobody else is asked

/** One way in which an account can fail. */
export interface Fault {
  name: string;
  allowed: Allowed;
  /** Statuses of such refusals. */
  statuses?: readonly number[];
  /** What it answers instead; undefined: as ever. `tries`: how often these words were asked here, this time included. */
  answer?(request: AcceptedRequest, words: string, tries: number, chance: Chance): Answer | undefined;
  /** What changes in the account itself, and back. */
  begin?(account: SimulatedAccount): void;
  end?(account: SimulatedAccount): void;
  /** Its address leads nowhere. */
  isUnreachable?: true;
  /** Out for good by what it says: an operator has to reset it. Others come back by themselves. */
  needsReset?: true;
  /** It is about its token: an operator who does not want to wait has it renewed. */
  isOfToken?: true;
  /** Answers come all the same. */
  isMild?: true;
}

const PAUSE_MS = 20;
const LATENCY_MS = 60;
const SLOW_MS = 1_500;
const STUTTER_MS = 400;
const FLAP_MS = 2_000;

/** What a healthy account answers: as in life, it takes its time. */
export function goodAnswer(words: string, latencyMs = LATENCY_MS, pauseMs = PAUSE_MS): Answer {
  const pieces = piecesOf(words).flatMap((piece) => [text(piece), pause(pauseMs)]);
  return { ...stream(pieces, goodEnd()), latencyMs };
}

/** The good answer up to its middle, then this. */
function half(words: string, ...rest: ScriptedEvent[]): Answer {
  const pieces = piecesOf(words).slice(0, 4);
  return {
    ...stream(
      pieces.flatMap((piece) => [text(piece), pause(PAUSE_MS)]),
      rest,
    ),
    latencyMs: LATENCY_MS,
  };
}

const refusal = (status: number, type: string, message: string, reason: string | null = null) => ({
  answer: () => failure(status, type, message, reason),
});
const throttled = (reason: string | null, headers?: Record<string, string>) => ({
  answer: () => failure(429, 'ThrottlingException', 'Slow down.', reason, headers && { headers }),
});
const cutBy = (...rest: ScriptedEvent[]) => ({
  allowed: 'cuts' as const,
  answer: (_: AcceptedRequest, words: string) => half(words, ...rest),
});
const says = (answer: Answer) => ({ answer: () => answer });

const ALMOST: ScriptedEvent = text('never seen');

/** Every class of failure (amazon-q.md §6.3), and every way in which a connection can go wrong. */
export const FAULTS: readonly Fault[] = [
  {
    name: '5xx',
    allowed: 'nothing',
    answer: (_request, _words, _tries, chance) =>
      failure(chance.of([500, 502, 503, 504]), 'InternalServerException', 'Failed.'),
  },
  { name: 'reset', allowed: 'nothing', ...says({ kind: 'reset' }) },
  { name: 'hang', allowed: 'nothing', ...says({ kind: 'silence' }) },
  { name: 'unreachable', allowed: 'nothing', isUnreachable: true },
  { name: 'slow', allowed: 'nothing', isMild: true, answer: (_, words) => goodAnswer(words, SLOW_MS) },
  { name: 'stutter', allowed: 'nothing', isMild: true, answer: (_, words) => goodAnswer(words, 0, STUTTER_MS) },
  {
    name: 'flapping',
    allowed: 'nothing',
    isMild: true,
    answer: ({ at }) => (at % (2 * FLAP_MS) < FLAP_MS ? failure(500, 'InternalServerException', 'Failed.') : undefined),
  },
  { name: 'rate-limit', allowed: 'nothing', ...throttled('USER_REQUEST_RATE_EXCEEDED') },
  { name: 'rate-limit-told', allowed: 'nothing', ...throttled(null, { 'retry-after': '3' }) },
  {
    name: 'quota-month',
    allowed: 'nothing',
    needsReset: true,
    begin: ({ quota }) => {
      quota.used = quota.limit;
    },
    end: ({ quota }) => {
      quota.used = 0;
    },
  },
  { name: 'quota-hour', allowed: 'nothing', needsReset: true, ...throttled('HOURLY_REQUEST_COUNT') },
  {
    name: 'signed-out',
    allowed: 'nothing',
    isOfToken: true,
    needsReset: true,
    begin: (account) => {
      account.refreshFailure = { error: 'invalid_grant', description: 'Invalid refresh token provided' };
      account.expireTokens();
    },
    end: (account) => {
      account.refreshFailure = undefined;
    },
  },
  {
    name: 'token-refused',
    allowed: 'nothing',
    needsReset: true,
    ...refusal(403, 'AccessDeniedException', 'The bearer token included in the request is invalid.'),
  },
  {
    name: 'token-endpoint-reset',
    allowed: 'nothing',
    isOfToken: true,
    begin: (account) => {
      account.refreshFailure = { kind: 'reset' };
      account.expireTokens();
    },
    end: (account) => {
      account.refreshFailure = undefined;
    },
  },
  {
    name: 'token-endpoint-hang',
    allowed: 'nothing',
    isOfToken: true,
    begin: (account) => {
      account.refreshFailure = { kind: 'silence' };
      account.expireTokens();
    },
    end: (account) => {
      account.refreshFailure = undefined;
    },
  },
  {
    name: 'suspended',
    allowed: 'nothing',
    needsReset: true,
    begin: (account) => {
      account.suspended = true;
    },
    end: (account) => {
      account.suspended = false;
    },
  },
  { name: 'locked', allowed: 'nothing', needsReset: true, ...refusal(423, 'LockedException', 'Locked.') },
  {
    name: 'gate',
    allowed: 'nothing',
    needsReset: true,
    begin: (account) => {
      account.featureGate = true;
    },
    end: (account) => {
      account.featureGate = false;
    },
  },
  {
    name: 'denied',
    allowed: 'nothing',
    needsReset: true,
    ...refusal(403, 'AccessDeniedException', 'User is not authorized to make this call.'),
  },
  {
    name: 'misconfigured',
    allowed: 'nothing',
    needsReset: true,
    ...refusal(404, 'ResourceNotFoundException', 'No such profile.'),
  },
  {
    name: 'model-unknown',
    allowed: 'nothing',
    ...refusal(
      400,
      'ValidationException',
      'Invalid model. Please select a different model to continue.',
      'INVALID_MODEL_ID',
    ),
  },
  {
    name: 'no-capacity-twice',
    allowed: 'nothing',
    isMild: true,
    answer: (_request, _words, tries) =>
      tries <= 2 ? failure(429, 'ThrottlingException', 'Busy.', 'INSUFFICIENT_MODEL_CAPACITY') : undefined,
  },
  { name: 'no-capacity', allowed: 'refusals', statuses: [503, 529], ...throttled('INSUFFICIENT_MODEL_CAPACITY') },
  {
    name: 'malformed',
    allowed: 'refusals',
    statuses: [400],
    ...refusal(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'),
  },
  { name: 'unknown', allowed: 'nothing', ...refusal(418, 'TeapotException', 'Short and stout.') },
  {
    name: 'proxy-page',
    allowed: 'nothing',
    needsReset: true,
    ...says({ kind: 'error', status: 403, headers: { 'content-type': 'text/html' }, body: '<h1>Forbidden</h1>' }),
  },
  { name: 'garbage', allowed: 'nothing', ...says(stream({ raw: Buffer.from('<html>this is no stream</html>') })) },
  { name: 'empty', allowed: 'nothing', ...says(stream()) },
  { name: 'first-frame-corrupt', allowed: 'nothing', ...says(stream({ corrupt: 'message-crc' }, ALMOST)) },
  { name: 'first-frame-cut', allowed: 'nothing', ...says(stream({ cut: true }, ALMOST)) },
  { name: 'cut', ...cutBy({ cut: true }, ALMOST) },
  { name: 'reset-midway', ...cutBy({ reset: true }) },
  { name: 'corrupt-midway', ...cutBy({ corrupt: 'message-crc' }, ALMOST) },
  { name: 'exception-midway', ...cutBy(exception('InternalServerException', { message: 'Failed.' })) },
  { name: 'hang-midway', ...cutBy(pause(600_000), ALMOST) },
];
