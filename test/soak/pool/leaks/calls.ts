import type { Chance } from '../../../property/fuzz/chance.js';
import { ADMIN_KEY } from '../../../support/start-gateway.js';
import type { Call } from './visit.js';

/** Listed by accounts of both kinds, and by the endpoint alone. */
export const MODELS = ['claude-sonnet-4.5', 'endpoint-model'] as const;

/** Few, so that what remembers conversations or texts, within its limits, does not grow either. */
const CONVERSATIONS = 8;
const TEXTS = 6;

type Wire = 'Messages' | 'Chat' | 'Responses';

const PATHS: Record<Wire, string> = {
  Messages: '/v1/messages',
  Chat: '/v1/chat/completions',
  Responses: '/v1/responses',
};

/** Any request, with a name for those that are like it. */
export function anyCall(chance: Chance): { kind: string; call: Call } {
  const wire = chance.of<Wire>(['Messages', 'Messages', 'Chat', 'Responses']);
  const model = chance.of(MODELS);
  const stream = !chance.oneIn(3);
  const text = `Text ${chance.below(TEXTS)}`;
  const counts = wire === 'Messages' && chance.oneIn(15);
  const head = [
    `POST ${PATHS[wire]}${counts ? '/count_tokens' : ''} HTTP/1.1`,
    'host: gateway',
    `x-api-key: ${ADMIN_KEY}`,
    'content-type: application/json',
    ...(wire === 'Messages' ? ['anthropic-version: 2023-06-01'] : []),
    ...(chance.oneIn(2) ? [`x-conversation-id: conversation-${chance.below(CONVERSATIONS)}`] : []),
  ];
  const body = JSON.stringify({ model, ...(!counts && { stream }), ...saying(wire, text, chance) });
  return { kind: `${wire} ${model} ${stream} ${counts}`, call: { head, body } };
}

function saying(wire: Wire, text: string, chance: Chance): object {
  const messages = [{ role: 'user', content: text }];
  switch (wire) {
    case 'Messages':
      return { messages, max_tokens: 1000, ...(chance.oneIn(6) && { stop_sequences: ['five'] }) };
    case 'Chat':
      return { messages, ...(chance.oneIn(6) && { stop: 'five' }) };
    case 'Responses':
      return { input: text, store: chance.oneIn(4) };
  }
}
