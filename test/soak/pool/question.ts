import type { Chance } from '../../property/fuzz/chance.js';
import type { Client } from '../../property/fuzz/clients/client.js';
import { CLIENTS } from '../../property/fuzz/clients/clients.js';

/** One request of one client, in its protocol. */
export interface Question {
  client: Client;
  path: string;
  headers: Record<string, string>;
  body: string;
  isStream: boolean;
  /** The text of the one right answer. */
  expected: string;
}

const MODEL = 'claude-sonnet-4.5';
const PIECES = 8;

/** Requests no two of which are alike: an answer that belongs to another one shows. */
export function questionOf(number: number, conversation: string, chance: Chance): Question {
  const words = `question ${number}`;
  const client = chance.of(CLIENTS);
  const isStream = !chance.oneIn(3);
  return {
    client,
    path: client.paths[0] ?? '',
    headers: { ...client.headers(chance), 'x-conversation-id': conversation },
    body: JSON.stringify({ model: MODEL, stream: isStream, ...saying(words, client.name) }),
    isStream,
    expected: piecesOf(words).join(''),
  };
}

/** What the service says to these words, piece by piece. */
export function piecesOf(words: string): readonly string[] {
  return [`To ${words}: `, ...Array.from({ length: PIECES }, (_, index) => `${index + 1} of ${PIECES}; `)];
}

function saying(words: string, protocol: string): object {
  const messages = [{ role: 'user', content: words }];
  if (protocol === 'Responses') return { input: words, store: false };
  return protocol === 'Chat' ? { messages } : { messages, max_tokens: 1000 };
}
