export const CLIENT_PROTOCOLS = ['anthropic', 'openai_chat', 'openai_responses', 'openai', 'admin', 'other'] as const;
/** Who is spoken to: decides the form of errors and the name of the request id header. */
export type ClientProtocol = (typeof CLIENT_PROTOCOLS)[number];

const ADMIN = /^\/(v2|admin|accounts)(\/|$)/;
const OPERATIONS = /^\/($|(health|metrics|docs|openapi\.json)(\/|$))/;
const ANTHROPIC = /^\/(v1\/)?messages(\/|$)|^\/api\//;
const CHAT = /^\/(v1\/)?chat\/completions(\/|$)/;
const RESPONSES = /^\/(v1\/)?responses(\/|$)/;

/** Only Anthropic's clients send it. */
const ANTHROPIC_HEADER = 'anthropic-version';
/** Claude Code does not when it asks for the models, and can't read OpenAI's list (anthropic.md §1, §12). */
const CLAUDE_CODE = /^claude-(code|cli)\//;

/**
 * The protocol of a path, whatever goes wrong on it (contract §3, §4). Of the paths that both APIs have, or none, those
 * with an `anthropic-version` or from Claude Code are Anthropic's and all others OpenAI's.
 * @param path without doubled slashes
 */
export function protocolOf(path: string, headers: Readonly<Record<string, unknown>>): ClientProtocol {
  if (ANTHROPIC.test(path)) return 'anthropic';
  if (CHAT.test(path)) return 'openai_chat';
  if (RESPONSES.test(path)) return 'openai_responses';
  if (ADMIN.test(path)) return 'admin';
  if (OPERATIONS.test(path)) return 'other';
  const isAnthropic = headers[ANTHROPIC_HEADER] !== undefined || CLAUDE_CODE.test(String(headers['user-agent']));
  return isAnthropic ? 'anthropic' : 'openai';
}

export function isOpenai(protocol: ClientProtocol): boolean {
  return protocol === 'openai' || protocol === 'openai_chat' || protocol === 'openai_responses';
}

export function requestIdHeader(protocol: ClientProtocol): 'request-id' | 'x-request-id' {
  return protocol === 'anthropic' ? 'request-id' : 'x-request-id';
}
