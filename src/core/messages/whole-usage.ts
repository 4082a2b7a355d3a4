import type { MessagesEvent, Usage } from './vocabulary.js';

type LastUsage = Extract<MessagesEvent, { type: 'message_delta' }>['usage'];

/** What an answer cost, of what its start and its end say: the last figures win, where there are any. */
export function wholeUsage(first: Usage, last: LastUsage): Usage {
  const usage = { ...first };
  for (const [key, value] of Object.entries(last)) {
    if (value !== null && value !== undefined) Object.assign(usage, { [key]: value });
  }
  return usage;
}
