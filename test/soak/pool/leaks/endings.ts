import {
  type EndpointAnswer,
  errorOf,
  type MessagesBody,
  streamOf,
  textEvents,
  usualAnswer,
} from '../../../../simulator/anthropic/endpoint-answer.js';
import { exception, failure, goodEnd, pause, stream, text } from '../../../../simulator/script.js';
import type { Answer } from '../../../../simulator/simulator.js';
import type { Chance } from '../../../property/fuzz/chance.js';

const GOOD_SHARE = 3;
const LONGEST_MS = 12;
const PIECES = ['One ', 'two ', 'three ', 'four ', 'five ', 'six.'];

const said = (chance: Chance) => PIECES.flatMap((piece) => [text(piece), pause(chance.below(LONGEST_MS))]);

/** What an account answers, good or bad, before, at or after the first event. */
export function anyAnswer(chance: Chance): Answer {
  if (!chance.oneIn(GOOD_SHARE)) return { ...stream(said(chance), goodEnd()), latencyMs: chance.below(LONGEST_MS) };
  const half = said(chance).slice(0, 1 + chance.below(6));
  return chance.of<() => Answer>([
    () => failure(chance.of([500, 502, 503, 504]), 'InternalServerException', 'Failed.'),
    () => failure(429, 'ThrottlingException', 'Slow down.', 'USER_REQUEST_RATE_EXCEEDED'),
    () => failure(429, 'ThrottlingException', 'Busy.', 'INSUFFICIENT_MODEL_CAPACITY'),
    () => failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'),
    () => failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
    () => failure(400, 'ValidationException', 'Invalid conversation.', 'INVALID_CONVERSATION_ID'),
    () => failure(403, 'AccessDeniedException', 'The bearer token included in the request is invalid.'),
    () => failure(418, 'TeapotException', 'Short and stout.'),
    () => (chance.oneIn(4) ? { kind: 'silence' } : { kind: 'reset' }),
    () => stream(),
    () => stream({ corrupt: 'message-crc' }, text('never seen')),
    () => stream(half, { cut: true }, text('never seen')),
    () => stream(half, { reset: true }),
    () => stream(half, { corrupt: 'prelude-crc' }, text('never seen')),
    () => stream(half, exception('InternalServerException', { message: 'Failed.' })),
    () => stream(half, ...(chance.oneIn(4) ? [pause(60_000)] : []), { reset: true }),
    () => stream(said(chance)),
  ])();
}

/** The same of an endpoint of the Messages API. */
export function anyEndpointAnswer(body: MessagesBody, chance: Chance): EndpointAnswer {
  if (!chance.oneIn(GOOD_SHARE)) return usualAnswer(body);
  const events = textEvents(body.model, PIECES).slice(0, 1 + chance.below(8));
  return chance.of<() => EndpointAnswer>([
    () => errorOf(500, 'api_error', 'Internal server error'),
    () => errorOf(529, 'overloaded_error', 'Overloaded'),
    () => errorOf(429, 'rate_limit_error', 'Slow down.'),
    () => errorOf(400, 'invalid_request_error', 'messages: wrong'),
    () => ({ body: ['reset'] }),
    () => ({ body: chance.oneIn(4) ? ['silence'] : ['not what was asked for'] }),
    () => streamOf(...events, 'reset'),
    () => streamOf(...events),
    () => streamOf(...events, ...(chance.oneIn(4) ? (['silence'] as const) : (['event: x\n\n', 'reset'] as const))),
    () => streamOf(...events, 'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"x"}}\n\n'),
  ])();
}
