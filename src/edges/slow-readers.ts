import type { IncomingMessage, ServerResponse } from 'node:http';
import { destinationOf } from './destination.js';

/**
 * Lets go of clients that ask for what is open to everybody and do not take it. Answers of models have a watch of their
 * own; those of the admin API go to the operator's own people.
 * @param stall milliseconds without taking a byte
 */
export function dropSlowReaders(stall: number) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (destinationOf(request).protocol === 'other') response.setTimeout(stall, () => response.destroy());
    next();
  };
}
