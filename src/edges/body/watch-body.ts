import type { IncomingMessage } from 'node:http';
import type { GatewayError } from '../../core/errors.js';
import { tooSlow } from './body-errors.js';
import type { BodyTimes } from './body-times.js';

/** Looks in this many times while a silence lasts: whoever reads the body is not asked. */
const LOOKS = 4;

/**
 * Tells once when the body of `request` stops coming, or takes too long altogether.
 * @returns ends the watch; it ends by itself with the request
 */
export function watchBody(
  request: IncomingMessage,
  { idle, whole }: BodyTimes,
  slow: (error: GatewayError) => void,
): () => void {
  const { socket } = request;
  let seen = socket.bytesRead;
  let silent = 0;
  let passed = 0;
  const stop = () => {
    clearInterval(timer);
    request.off('close', stop);
  };
  const look = () => {
    silent = socket.bytesRead === seen ? silent + 1 : 0;
    seen = socket.bytesRead;
    passed += idle / LOOKS;
    if (silent < LOOKS && passed < whole) return;
    stop();
    slow(silent < LOOKS ? tooSlow(whole, false) : tooSlow(idle, true));
  };
  const timer = setInterval(look, idle / LOOKS).unref();
  request.once('close', stop);
  return stop;
}
