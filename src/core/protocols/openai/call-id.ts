/** Anthropic's own prefix, and the one of the service upstream. */
const FOREIGN_PREFIX = /^tool(u|use)_/;
const PREFIX = 'call_';

/** The id of a tool use in the form that OpenAI's clients know; the same each time. */
export function encodeCallId(messagesId: string): string {
  return messagesId.startsWith(PREFIX) ? messagesId : PREFIX + messagesId.replace(FOREIGN_PREFIX, '');
}
