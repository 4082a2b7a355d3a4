import type { Chance } from './chance.js';
import { mutateBytes } from './mutate-bytes.js';
import { mutateJson } from './mutate-json.js';

/** With and without documents, thinking and limits of their own; and one nobody lists. */
const MODELS = ['claude-sonnet-4-5', 'claude-haiku-4.5', 'claude-sonnet-5', 'claude-opus-5-5[1m]', 'auto', 'nobody-9'];

/**
 * A body with something wrong in it: in its JSON, in its bytes, or in both.
 * @param types of things in such bodies
 */
export function spoiltBody(good: string, types: readonly string[], chance: Chance): Buffer {
  const inBytes = chance.oneIn(4);
  const text =
    inBytes && chance.oneIn(2) ? good : JSON.stringify(mutateJson(otherModel(JSON.parse(good), chance), chance, types));
  // Removed altogether.
  const bytes = Buffer.from(text ?? '');
  return inBytes ? mutateBytes(bytes, chance) : bytes;
}

function otherModel(body: { model: string }, chance: Chance): unknown {
  if (chance.oneIn(2)) body.model = chance.of(MODELS);
  return body;
}
