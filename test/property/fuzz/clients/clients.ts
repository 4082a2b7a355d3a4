import type { Client } from './client.js';
import { MESSAGES_CLIENT } from './messages-client.js';
import { CHAT_CLIENT, RESPONSES_CLIENT } from './openai-clients.js';

/** All that come to the gateway, at the same time. */
export const CLIENTS: readonly Client[] = [MESSAGES_CLIENT, CHAT_CLIENT, RESPONSES_CLIENT];
