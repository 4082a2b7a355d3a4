import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it } from '@jest/globals';
import { Draining } from './draining.js';

const openRequest = (draining: Draining) => {
  const response = new EventEmitter() as ServerResponse;
  draining.enter({} as IncomingMessage, response);
  return response;
};

it('tells who waits for the last request, although somebody before gave up waiting', async () => {
  const draining = new Draining();
  const response = openRequest(draining);
  const first = draining.ended(1);
  const second = draining.ended(60_000);
  await first;
  response.emit('close');
  await second;
  expect(draining.open).toBe(0);
});
