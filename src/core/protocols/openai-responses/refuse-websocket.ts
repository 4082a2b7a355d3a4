import type { ErrorObject } from '../openai/encode-error.js';

/** The status that sends Codex from WebSockets to HTTP at once; any other costs it seven attempts (openai.md §1.3). */
export const UPGRADE_REQUIRED = 426;

/** What is said to whoever asks for a WebSocket. */
export const NO_WEBSOCKET: { error: ErrorObject } = {
  error: {
    message: 'WebSockets are not supported here: send a POST request, with stream for a stream.',
    type: 'invalid_request_error',
    param: null,
    code: 'websocket_not_supported',
  },
};
