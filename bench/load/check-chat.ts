import type { AnswerCheck } from './answer-check.js';
import { checkTexts, readStream } from './read-stream.js';

interface Chunk {
  choices: { delta: { role?: string; content?: string }; finish_reason: string | null }[];
}

/** A stream of Chat Completions: role, each text in a chunk of its own, the reason, the end. */
export function checkChatStream(texts: readonly string[]): AnswerCheck {
  return (body) => {
    const events = readStream(String(body));
    if (events.pop()?.data !== '[DONE]') {
      throw new Error('the stream does not end with [DONE]');
    }
    const choices = events.map(({ data }) => (JSON.parse(data) as Chunk).choices[0]);
    if (choices.shift()?.delta.role !== 'assistant' || choices.pop()?.finish_reason !== 'stop') {
      throw new Error('the stream does not go from the role to the reason');
    }
    checkTexts(
      choices.map((choice) => choice?.delta.content),
      texts,
    );
  };
}
