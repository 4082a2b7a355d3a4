import type { ClaudeLine } from './claude-line.js';

/** Names of OpenAI's models, in small letters: `gpt-…`, `chatgpt-…`, `codex-…`, `o1`, `o3-mini`. */
const OPENAI_NAME = /^(chat)?gpt-|^codex-|^o\d{1,2}(-|$)/;
const SMALL_GENERATION = /^gpt-3\.?5/;

/**
 * The line of Claude models that stands for a model of OpenAI's (openai.md §13); undefined for any other name.
 * @param name in small letters
 */
export function claudeLineFor(name: string): ClaudeLine | undefined {
  if (!OPENAI_NAME.test(name)) return undefined;
  const words = name.split('-');
  if (words.includes('mini') || words.includes('nano') || SMALL_GENERATION.test(name)) return 'haiku';
  return words.includes('pro') ? 'opus' : 'sonnet';
}
