import type { AnswerCheck } from './answer-check.js';

/** What the service sends must arrive to the byte. */
export function checkBytes(answer: Buffer): AnswerCheck {
  return (body) => {
    if (!body.equals(answer)) {
      throw new Error(`${body.length} bytes that are not the ${answer.length} bytes of the answer`);
    }
  };
}
