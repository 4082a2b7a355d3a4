import { describe, expect, it } from '@jest/globals';
import { wantsWebSocket } from './wants-websocket.js';

describe('wantsWebSocket', () => {
  it.each([['websocket'], ['WebSocket'], ['WEBSOCKET'], ['h2c, websocket'], ['websocket/13']])('sees %s', (upgrade) => {
    expect(wantsWebSocket({ upgrade })).toBe(true);
  });

  it.each([[undefined], ['h2c'], ['websockets'], ['']])('does not see one in %j', (upgrade) => {
    expect(wantsWebSocket({ upgrade })).toBe(false);
  });
});
