import { planEmulation } from '../../../src/core/messages/emulations/plan-emulation.js';
import type { MessagesRequest } from '../../../src/core/messages/vocabulary.js';
import { encodeRequest } from '../../../src/core/protocols/amazon-q/encode-request.js';
import { UPSTREAM_MODELS } from '../upstream-models.js';
import { keysOf, type Leaf, leavesOf } from './leaves.js';

/** All that upstream gets of a request. */
export interface SentUpstream {
  texts: string;
  numbers: ReadonlySet<number>;
}

/** @param seals signatures, and data of redacted thinking, that the account asked made itself */
export function sentUpstream(request: MessagesRequest, seals: Iterable<string>): SentUpstream {
  const model = UPSTREAM_MODELS.find(({ id }) => id === request.model);
  if (!model) throw new Error('no such model');
  const { body } = encodeRequest(planEmulation(request).request, {
    model,
    conversationId: 'c',
    origin: 'CLI',
    binding: 'restJson1',
    changes: new Set(),
    replayable: new Set(seals),
  });
  const leaves = [...leavesOf(body)].map(({ value }) => value);
  const texts = [...leaves, ...keysOf(body)].filter((value) => typeof value === 'string');
  return { texts: texts.join('\n'), numbers: new Set(leaves.filter((value) => typeof value === 'number')) };
}

export function isSent(value: Leaf, { texts, numbers }: SentUpstream): boolean {
  return (typeof value === 'number' && numbers.has(value)) || texts.includes(String(value));
}
