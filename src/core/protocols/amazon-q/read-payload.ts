import { GatewayError } from '../../errors.js';
import type { Frame } from '../aws-event-stream/frame.js';

/** The JSON object an event carries; anything else is an empty one. @throws GatewayError when it is no JSON */
export function readPayload(frame: Frame): Record<string, unknown> {
  let payload: unknown;
  try {
    payload = JSON.parse(frame.payload.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('upstream', 'The service sent an invalid answer: an event is no JSON.', {
      failure: { class: 'transient', retry: 'same-account' },
      cause,
    });
  }
  return payload !== null && typeof payload === 'object' ? (payload as Record<string, unknown>) : {};
}
