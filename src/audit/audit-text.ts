import { hideApiKeys } from '../platform/logging/hide-api-keys.js';

/** Longest JSON of an event's details. */
const LONGEST_DETAILS = 16_000;
/** Characters that are left of a field of details that are longer. */
const LEFT_OF_FIELD = 500;
const MOST_FIELDS = 20;

/**
 * A text as both databases keep it and give it back, to the letter: the chain is over what is read.
 * @param longest in UTF-16 units
 */
export function plainText(text: string, longest: number): string {
  return hideApiKeys(text)
    .slice(0, longest)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ');
}

/** JSON of what an event says; of what is too long, the beginnings of its longest fields. */
export function formatDetails(details: Readonly<Record<string, unknown>> | undefined): string | null {
  if (details === undefined) return null;
  const text = hideApiKeys(JSON.stringify(details));
  if (text.length <= LONGEST_DETAILS) return text;
  const fields = Object.entries(details);
  const kept = fields
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => [name.slice(0, LEFT_OF_FIELD / 5), shortened(value)]);
  const left = fields.length - kept.length;
  return hideApiKeys(JSON.stringify({ ...Object.fromEntries(kept), ...(left > 0 && { fieldsLeftOut: left }) }));
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null';
  // Escapes of escapes: JSON within JSON may be twice as long.
  return text.length <= LEFT_OF_FIELD ? value : { beginning: text.slice(0, LEFT_OF_FIELD), characters: text.length };
}
